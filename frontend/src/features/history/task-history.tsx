import { useInfiniteQuery } from "@tanstack/react-query";
import { Download, RotateCw } from "lucide-react";
import { Link } from "react-router";
import { useIsViewer } from "@/features/auth/me";
import { PROVIDERS } from "@/features/profiles/providers";
import { useRetry } from "@/features/tasks/changes";
import { FilterBar, OfSchedule } from "@/features/tasks/filter-bar";
import { useTaskFilter } from "@/features/tasks/filters";
import { tookOf } from "@/features/tasks/moments";
import { allRows, tasksOptions, usePollMs } from "@/features/tasks/queries";
import { downloadFile, downloadText } from "@/features/tasks/results/keep";
import { StatusBadge } from "@/features/tasks/status-badge";
import { ENDED, type Task, TYPES } from "@/features/tasks/task";
import { IconButton } from "@/ui/button";
import { LoadMore } from "@/ui/load-more";
import { Empty, Failed } from "@/ui/notice";
import { RelativeTime } from "@/ui/relative-time";
import { SkeletonList } from "@/ui/skeleton";
import { ExportButtons } from "./export";
import { TaskStats } from "./stats";

/** The tasks that have ended, what they came to, and both as a file. */
export function TaskHistory() {
  const filter = useTaskFilter();
  return (
    <>
      <FilterBar statuses={ENDED} />
      <OfSchedule to="/history" />
      <TaskStats {...(filter.from ? { from: filter.from } : {})} {...(filter.to ? { to: filter.to } : {})} />
      <Rows />
    </>
  );
}

function Rows() {
  const filter = useTaskFilter();
  const query = useInfiniteQuery({ ...tasksOptions(filter, true), refetchInterval: usePollMs() });
  const { data, error, refetch } = query;
  if (!data && error)
    return <Failed what="The history could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={6} className="h-14" />;
  const rows = allRows(data.pages);
  if (rows.length === 0) {
    const isFiltered = Object.keys(filter).length > 0;
    return (
      <Empty
        title={isFiltered ? "Nothing found" : "No task has ended yet"}
        sentence={isFiltered ? "No ended task fits these filters." : "Tasks stand here once they have ended."}
      />
    );
  }
  const total = data.pages[0]?.total ?? rows.length;
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <p role="status" className="mr-auto text-soft text-sm">
          {total === 1 ? "1 ended task" : `${total.toLocaleString()} ended tasks`}
        </p>
        <span className="text-soft text-sm">Export these:</span>
        <ExportButtons filter={filter} />
      </div>
      <ul
        aria-label="Ended tasks"
        className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-raised"
      >
        {rows.map((task) => (
          <HistoryRow key={task.id} task={task} />
        ))}
      </ul>
      <LoadMore {...query} />
    </>
  );
}

function HistoryRow({ task }: { task: Task }) {
  const { Icon, label } = TYPES[task.type];
  const facts = [PROVIDERS[task.provider].label, task.model, tookOf(task.started_at, task.completed_at)];
  return (
    <li className="flex items-center gap-3 px-3 py-2 text-sm">
      <Icon size={18} role="img" aria-label={label} className="shrink-0 text-soft" />
      <div className="min-w-0 flex-1">
        <Link to={`/tasks/${task.id}`} className="block truncate font-medium hover:underline">
          {task.name}
        </Link>
        <p className="wrap-anywhere line-clamp-2 text-soft text-xs">
          {facts.filter(Boolean).join(" · ")} · <RelativeTime at={task.completed_at ?? task.updated_at} />
          {task.error && <span className="text-bad"> · {task.error}</span>}
        </p>
      </div>
      <StatusBadge status={task.status} />
      <RowActions task={task} />
    </li>
  );
}

function RowActions({ task }: { task: Task }) {
  const isViewer = useIsViewer();
  const retry = useRetry();
  const { result, name, status } = task;
  const [first] = result?.outputs ?? [];
  return (
    <div className="flex w-10 shrink-0 justify-end">
      {result && (
        <IconButton
          label={`Download: ${name}`}
          onClick={() => void (first ? downloadFile(result.id, first.index) : downloadText(result.id, name))}
        >
          <Download size={16} aria-hidden />
        </IconButton>
      )}
      {!isViewer && status !== "complete" && (
        <IconButton label={`Retry: ${name}`} busy={retry.isPending} onClick={() => retry.mutate(task)}>
          <RotateCw size={16} aria-hidden />
        </IconButton>
      )}
    </div>
  );
}
