import { Import, Sparkles } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import type { Session } from "@/api/types";
import { useIsViewer } from "@/features/auth/me";
import { ImportDialog } from "@/features/workflows/import-dialog";
import { Button } from "@/ui/button";
import { Empty } from "@/ui/notice";
import { useFirstPicture } from "./first-picture";

const LINK = "inline-flex min-h-9 items-center rounded-md px-3 font-medium text-accent text-sm underline";

export function NoComfyUI() {
  return (
    <Empty
      title="Pictures are made by ComfyUI"
      sentence="Tell Spoon Feeder where yours runs: add a profile with its address."
    >
      <Link to="/profiles" className={LINK}>
        Add a ComfyUI profile
      </Link>
    </Empty>
  );
}

interface StartProps {
  isFirst: boolean;
  onImported: (workflowId: string) => void;
}

/** Before anything is chosen: the shortest way to a picture, and the way to bring one's own workflow. */
export function Start({ isFirst, onImported }: StartProps) {
  const { start, busy } = useFirstPicture();
  const isViewer = useIsViewer();
  const [isImporting, setImporting] = useState(false);
  if (isViewer) return <Empty title="Nothing is open" sentence="Choose one of the sessions to see its pictures." />;
  const title = isFirst ? "Make a first picture" : "A new picture";
  return (
    <Empty title={title} sentence={sentenceFor(isFirst)}>
      <div className="mt-2 flex flex-wrap justify-center gap-2">
        {isFirst && (
          <Button look="strong" busy={busy} onClick={() => void start()} className="min-h-11 px-5 text-base">
            <Sparkles size={18} aria-hidden />
            Make a first picture
          </Button>
        )}
        <Button onClick={() => setImporting(true)} className="min-h-11">
          <Import size={18} aria-hidden />
          Import your own workflow
        </Button>
      </div>
      <ImportDialog open={isImporting} onOpenChange={setImporting} onImported={onImported} />
    </Empty>
  );
}

const sentenceFor = (isFirst: boolean) =>
  isFirst
    ? "One press takes a text-to-image workflow and a prompt, and shows what comes of it. Or write your own below."
    : "Write what you would like to see below, or go on with one of the sessions.";

interface MissingProps {
  others: readonly Session[];
  onStart: () => void;
}

const MOST_OFFERED = 5;

/** An address of a session that is not there (any more). */
export function MissingSession({ others, onStart }: MissingProps) {
  return (
    <Empty title="This session is not there" sentence="It was deleted, or its address is mistyped.">
      {others.length > 0 && (
        <ul className="flex w-full min-w-0 flex-col" aria-label="Other sessions">
          {others.slice(0, MOST_OFFERED).map(({ id, title }) => (
            <li key={id} className="flex min-w-0 justify-center">
              <Link to={`/comfyui/${id}`} className={`${LINK} min-w-0`}>
                <span className="truncate">{title}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      <Button onClick={onStart}>Start anew</Button>
    </Empty>
  );
}
