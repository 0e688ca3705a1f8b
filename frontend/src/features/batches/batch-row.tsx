import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { sessionsOptions } from "@/features/sessions/queries";
import { RelativeTime } from "@/ui/relative-time";
import { labelOf, titleOf, valueText } from "./naming";
import { BatchProgressBar, countsOf } from "./progress";
import type { Batch } from "./queries";

const MOST_VALUES = 6;

/** A batch in the list: what varies in it, and how far it is. */
export function BatchRow({ batch }: { batch: Batch }) {
  const { id, session_id, axes, kind, created_at } = batch;
  const session = useQuery(sessionsOptions).data?.find((one) => one.id === session_id);
  return (
    <li className="relative rounded-lg border border-line bg-raised p-3 focus-within:border-accent hover:border-control">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h2 className="min-w-0 break-words font-semibold text-sm">
          <Link to={`/batches/${id}`} className="after:absolute after:inset-0">
            {titleOf(batch)}
          </Link>
        </h2>
        <span className="ml-auto text-soft text-xs">
          {session && `${session.title} · `}
          <RelativeTime at={created_at} />
        </span>
      </div>
      {kind === "sweep" && (
        <ul className="text-soft text-xs">
          {axes.map(({ parameter, values }) => (
            <li key={parameter} className="truncate">
              {labelOf(parameter)}: {values.slice(0, MOST_VALUES).map(valueText).join(", ")}
              {values.length > MOST_VALUES && ` and ${values.length - MOST_VALUES} more`}
            </li>
          ))}
        </ul>
      )}
      <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs">
        <BatchProgressBar batch={batch} className="min-w-32 flex-1" />
        <span className="text-soft tabular-nums">{countsOf(batch)}</span>
      </div>
    </li>
  );
}
