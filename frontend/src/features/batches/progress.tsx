import { ProgressBar } from "@/ui/progress-bar";
import { titleOf } from "./naming";
import type { Batch } from "./queries";

const percentOf = ({ total, pending, running }: Batch) =>
  total === 0 ? 100 : Math.max(0, Math.min(100, Math.round((100 * (total - pending - running)) / total)));

/** "19 of 20 done, 1 cancelled": what is not there is not told. */
export function countsOf({ total, pending, held, running, completed, failed, cancelled }: Batch): string {
  const others = [
    [running, "running"],
    [pending - held, "waiting"],
    [held, "on hold"],
    [failed, "failed"],
    [cancelled, "cancelled"],
  ] as const;
  const told = others.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : []));
  return [`${completed} of ${total} done`, ...told].join(", ");
}

export function BatchProgressBar({ batch, className }: { batch: Batch; className: string }) {
  return (
    <ProgressBar
      label={`Progress: ${titleOf(batch)}`}
      percent={percentOf(batch)}
      text={countsOf(batch)}
      className={className}
    />
  );
}
