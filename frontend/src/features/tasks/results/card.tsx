import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { api, body } from "@/api/client";
import { useIsViewer } from "@/features/auth/me";
import { Button } from "@/ui/button";
import { useChange } from "@/ui/change";
import { Confirm } from "@/ui/confirm";
import { RelativeTime } from "@/ui/relative-time";
import { toast } from "@/ui/toast";
import { TYPES } from "../task";
import { ResultActions } from "./actions";
import type { Result } from "./queries";
import { ResultView } from "./result-view";

export function ResultCard({ result }: { result: Result }) {
  const { Icon, label } = TYPES[result.type];
  const isViewer = useIsViewer();
  return (
    <li className="flex min-w-0 flex-col gap-3 rounded-xl border border-line bg-raised p-4">
      <div className="flex items-start gap-2">
        <Icon size={18} role="img" aria-label={label} className="mt-0.5 shrink-0 text-soft" />
        <div className="min-w-0 flex-1">
          <h2 className="wrap-anywhere line-clamp-2 font-semibold">
            <Link to={`/tasks/${result.task_id}`} className="hover:underline">
              {result.task_name}
            </Link>
          </h2>
          <p className="text-soft text-xs">
            {[...madeBy(result)].map((told) => `${told} · `).join("")}
            <RelativeTime at={result.created_at} />
          </p>
        </div>
      </div>
      {result.outputs.length === 0 ? (
        <TextPreview result={result} />
      ) : (
        <ResultView result={result} name={result.task_name} />
      )}
      <div className="-mx-2 mt-auto flex flex-wrap">
        <ResultActions result={result} name={result.task_name} />
        {!isViewer && <DeleteButton result={result} />}
      </div>
    </li>
  );
}

function* madeBy({ metadata }: Result): Generator<string> {
  for (const name of ["model", "provider"]) {
    const told = metadata?.[name];
    if (typeof told === "string") yield told;
  }
}

/** Folded to some lines; the list itself has the first 1,000 letters, and the task the rest. */
function TextPreview({ result }: { result: Result }) {
  return (
    <section
      aria-label={`Text of ${result.task_name}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1).
      tabIndex={0}
      className="max-h-56 overflow-y-auto rounded-md bg-sunken p-3 text-sm"
    >
      <ResultView result={result} name={result.task_name} />
      {result.content.length >= LISTED && (
        <Link to={`/tasks/${result.task_id}`} className="text-accent underline">
          Read all of it
        </Link>
      )}
    </section>
  );
}

const LISTED = 1_000;

function DeleteButton({ result }: { result: Result }) {
  const [isAsking, setAsking] = useState(false);
  const deleting = useChange({
    ask: () => body(api.DELETE("/api/results/{result_id}", { params: { path: { result_id: result.id } } })),
    stale: [["results"], ["tasks"], ["stats"]],
    onDone: () => {
      setAsking(false);
      toast({ kind: "info", message: "The result is deleted." });
    },
  });
  return (
    <>
      <Button look="quiet" onClick={() => setAsking(true)}>
        <Trash2 size={16} aria-hidden />
        Delete
      </Button>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title="Delete this result?"
        sentence="It is deleted for good, with its files. The task stays."
        verb="Delete for good"
        busy={deleting.isPending}
        error={deleting.error}
        isGone={deleting.isSuccess}
        onConfirm={() => deleting.mutate()}
      />
    </>
  );
}
