import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { usePollMs } from "@/features/tasks/queries";
import { STATUSES } from "@/features/tasks/task";
import { Badge } from "@/ui/badge";
import { LoadMore } from "@/ui/load-more";
import { Failed } from "@/ui/notice";
import { RelativeTime } from "@/ui/relative-time";
import { SkeletonList } from "@/ui/skeleton";
import { runsOptions } from "./queries";
import type { Run, Schedule } from "./schedule";

/** What it has started, newest first. */
export function Runs({ schedule: { id, name, kind } }: { schedule: Schedule }) {
  const query = useInfiniteQuery({ ...runsOptions(id), refetchInterval: usePollMs() });
  const { data, error, refetch } = query;
  if (!data && error) return <Failed what="The runs could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={2} className="h-9" />;
  const rows = [...new Map(data.pages.flatMap((page) => page.rows).map((row) => [row.id, row])).values()];
  if (rows.length === 0) return <p className="text-soft text-sm">It has not run yet.</p>;
  return (
    <div className="flex flex-col gap-2">
      <ul aria-label={`Runs of ${name}`} className="divide-y divide-line rounded-lg border border-line">
        {rows.map((run) => (
          <RunRow key={run.id} run={run} />
        ))}
      </ul>
      {kind === "task" && (
        <Link to={`/tasks?schedule_id=${id}`} className="self-start text-accent text-sm underline">
          All tasks of this schedule
        </Link>
      )}
      <LoadMore {...query} />
    </div>
  );
}

function RunRow({ run }: { run: Run }) {
  const { label, tone } = statusOf(run.status);
  const place = run.kind === "task" ? `/tasks/${run.id}` : `/generations/${run.id}`;
  return (
    <li className="flex items-center gap-3 px-3 py-1.5 text-sm">
      <Link to={place} className="py-1 text-accent underline">
        <RelativeTime at={run.created_at} />
      </Link>
      <span className="min-w-0 flex-1 truncate text-bad text-xs">{run.error}</span>
      {run.status === "running" && <span className="text-xs tabular-nums">{run.progress} %</span>}
      <Badge tone={tone}>{label}</Badge>
    </li>
  );
}

/** Generations say `completed` where tasks say `complete`. */
function statusOf(status: string) {
  const name = status === "completed" ? "complete" : status;
  const known = Object.entries(STATUSES).find(([one]) => one === name)?.[1];
  return known ?? { label: status, tone: "neutral" as const };
}
