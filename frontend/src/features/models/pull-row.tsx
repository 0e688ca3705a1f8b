import { X } from "lucide-react";
import { bytesShown } from "@/ui/amounts";
import { Button, IconButton } from "@/ui/button";
import { ProgressBar } from "@/ui/progress-bar";
import { amountOf } from "./pull-progress";
import { forgetPull, type Pull, startPull, stopPull } from "./pulls";

/** A download and how far it is. */
export function PullRow({ pull }: { pull: Pull }) {
  const { id, name, profileId, state, progress } = pull;
  const { total, completed } = amountOf(progress.layers);
  const amount = total > 0 ? `${bytesShown(completed)} of ${bytesShown(total)}` : "";
  return (
    <div className="flex flex-col gap-1 text-sm">
      <div className="flex items-center gap-2">
        <p className="min-w-0 flex-1 break-words">
          <span className="font-medium">{name}</span> <span className="text-soft">{wordsOf(pull)}</span>
        </p>
        {state === "running" ? (
          <Button onClick={() => stopPull(id)} aria-label={`Stop pulling ${name}`}>
            Stop
          </Button>
        ) : (
          <>
            {state !== "done" && (
              <Button onClick={() => startPull(profileId, name)} aria-label={`${verbOf(pull)} pulling ${name}`}>
                {verbOf(pull)}
              </Button>
            )}
            <IconButton label={`Hide the download of ${name}`} onClick={() => forgetPull(id)}>
              <X size={16} aria-hidden />
            </IconButton>
          </>
        )}
      </div>
      {state === "running" && (
        <>
          <ProgressBar label={`Download of ${name}`} percent={progress.percent} text={`${progress.percent} %`} />
          <p className="flex flex-wrap justify-between gap-x-3 text-soft text-xs tabular-nums">
            <span className="min-w-0 break-all">{progress.status}</span>
            <span>{[amount, `${progress.percent} %`].filter(Boolean).join(" · ")}</span>
          </p>
        </>
      )}
      {state === "failed" && (
        <p role="alert" className="break-words text-bad">
          {pull.error}
        </p>
      )}
    </div>
  );
}

const verbOf = ({ state }: Pull) => (state === "stopped" ? "Go on" : "Try again");

/** What follows the name of the model. */
export function wordsOf({ state }: Pick<Pull, "state">): string {
  if (state === "running") return "is being loaded down.";
  if (state === "done") return "is here.";
  if (state === "failed") return "could not be pulled.";
  return "is stopped. What came so far is kept, and another pull goes on from there.";
}
