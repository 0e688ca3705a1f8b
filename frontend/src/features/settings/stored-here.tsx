import { useEffect, useState } from "react";
import { forgetEverything, startOver } from "@/api/access";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Panel } from "@/ui/panel";
import { meaningOf, type Stored, storedHere } from "./stored";

/** Whoever is signed in stays so. */
const forget = () => {
  forgetEverything("user");
  void startOver("/settings");
};

/** What lies in this browser, and the way to be rid of it. */
export function StoredHere() {
  const stored = useStored();
  const [isAsking, setAsking] = useState(false);
  return (
    <Panel title="This browser">
      <p className="text-soft text-sm">
        Everything you make is at the server. This browser only remembers where you were, and what you typed and did not
        send.
      </p>
      {stored.length === 0 ? <p className="text-soft text-sm">It remembers nothing now.</p> : <Rows stored={stored} />}
      <div>
        <Button look="danger" onClick={() => setAsking(true)}>
          Forget it all
        </Button>
      </div>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title="Forget what this browser remembers?"
        sentence="Texts that you typed and did not send are lost. What is at the server stays, and so does the look of the page."
        verb="Forget"
        onConfirm={forget}
      />
    </Panel>
  );
}

const LOOK_MS = 1_000;

/** A page is not told of what it writes into the storage itself. */
function useStored(): readonly Stored[] {
  const [stored, setStored] = useState(storedHere);
  useEffect(() => {
    const timer = setInterval(() => setStored(storedHere()), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return stored;
}

function Rows({ stored }: { stored: readonly Stored[] }) {
  return (
    <dl className="grid grid-cols-[minmax(0,auto)_minmax(0,1fr)_auto] gap-x-4 gap-y-1 rounded-lg border border-line bg-raised p-3 text-sm">
      {stored.map(({ key, letters }) => (
        <div key={key} className="contents">
          <dt className="break-words font-mono text-xs leading-5">{key}</dt>
          <dd className="min-w-0">{meaningOf(key)}</dd>
          <dd className="text-soft text-xs leading-5">{letters.toLocaleString()} letters</dd>
        </div>
      ))}
    </dl>
  );
}
