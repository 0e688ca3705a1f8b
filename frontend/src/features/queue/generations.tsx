import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "react-router";
import type { Generation } from "@/api/types";
import { useIsViewer } from "@/features/auth/me";
import { withProgress } from "@/features/dashboard/queue-order";
import { usePollMs } from "@/features/tasks/queries";
import { useProgress } from "@/live/progress";
import { enterRoom } from "@/live/socket";
import { Badge } from "@/ui/badge";
import { LoadMore } from "@/ui/load-more";
import { Failed } from "@/ui/notice";
import { ProgressBar } from "@/ui/progress-bar";
import { RelativeTime } from "@/ui/relative-time";
import { SkeletonList } from "@/ui/skeleton";
import { CancelRow, WaitingActions } from "./actions";
import { useKeepFocus } from "./keep-focus";
import { inTurn } from "./order";
import { runningOptions, waitingOptions } from "./queries";
import { QueueList, QueueSection } from "./section";

export const nameOf = ({ prompt_text }: Generation) => prompt_text?.trim() || "Without a prompt";

/** What is made at this moment. */
export function RunningGenerations() {
  const { data: rows, error, refetch } = useQuery({ ...runningOptions, refetchInterval: usePollMs() });
  if (!rows && error) return <Failed what="What runs could not be read" error={error} onRetry={() => void refetch()} />;
  if (!rows) return <SkeletonList rows={2} />;
  return (
    <QueueSection title="Generations at work" count={rows.length} none="No generation runs.">
      <QueueList label="Generations at work">
        {rows.map((row) => (
          <RunningRow key={row.id} row={row} />
        ))}
      </QueueList>
    </QueueSection>
  );
}

function RunningRow({ row }: { row: Generation }) {
  const heard = useProgress((all) => all[row.id]);
  const isViewer = useIsViewer();
  const { percent, node } = withProgress({ ...row, status: "running", kind: "generation" }, heard);
  const { id } = row;
  useEffect(() => enterRoom("generation", id), [id]);
  const name = nameOf(row);
  return (
    <li className="flex items-center gap-3 px-3 py-2 text-sm">
      <div className="min-w-0 flex-1">
        <Name row={row} />
        <p className="truncate text-soft text-xs">{node ?? "Handed to ComfyUI"}</p>
        <ProgressBar label={`Progress of ${name}`} percent={percent} className="mt-1" />
      </div>
      <span className="w-10 text-right text-xs tabular-nums">{percent} %</span>
      {!isViewer && <CancelRow id={id} name={name} isTask={false} />}
    </li>
  );
}

/** What waits, in the order in which it most likely comes. */
export function WaitingGenerations() {
  const query = useInfiniteQuery({ ...waitingOptions, refetchInterval: usePollMs() });
  const { data, error, refetch } = query;
  const rows = inTurn([...new Map(data?.pages.flatMap((page) => page.rows).map((row) => [row.id, row])).values()]);
  const keepFocus = useKeepFocus(rows.map(({ id }) => id).join());
  if (!data && error)
    return <Failed what="What waits could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={4} />;
  const total = Math.max(data.pages[0]?.total ?? 0, rows.length);
  return (
    <QueueSection title="Generations that wait" count={total} none="No generation waits.">
      <QueueList label="Generations that wait" isOrdered {...keepFocus}>
        {rows.map((row, place) => (
          <WaitingRow key={row.id} row={row} rows={rows} place={place + 1} />
        ))}
      </QueueList>
      <LoadMore {...query} />
    </QueueSection>
  );
}

function WaitingRow({ row, rows, place }: { row: Generation; rows: readonly Generation[]; place: number }) {
  const isViewer = useIsViewer();
  return (
    <li className="flex flex-wrap items-center gap-x-3 px-3 py-2 text-sm">
      <span className="w-8 shrink-0 text-right text-soft tabular-nums">{row.held_at === null ? place : "–"}</span>
      <div className="min-w-0 flex-1 basis-48">
        <Name row={row} />
        <p className="wrap-anywhere line-clamp-2 text-soft text-xs">
          {row.held_at === null && `${row.waiting_reason ?? "Waiting for its turn"} · `}
          <RelativeTime at={row.created_at} />
        </p>
      </div>
      <span className="flex flex-wrap gap-1">
        {row.held_at !== null && <Badge tone="warn">On hold</Badge>}
        {row.ahead && <Badge tone="accent">In front</Badge>}
        {row.priority !== 0 && <Badge>Priority {row.priority}</Badge>}
        {row.batch_id && <Badge>{row.batch_index + 1} of a batch</Badge>}
      </span>
      {!isViewer && <WaitingActions row={row} rows={rows} name={nameOf(row)} />}
    </li>
  );
}

function Name({ row }: { row: Generation }) {
  return (
    <Link to={`/generations/${row.id}`} className="block truncate font-medium hover:underline">
      {nameOf(row)}
    </Link>
  );
}
