import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { useIsViewer } from "@/features/auth/me";
import { LoadMore } from "@/ui/load-more";
import { Empty, Failed } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";
import { FILTER_NAMES, useTaskFilter } from "./filters";
import { allRows, tasksOptions, usePollMs } from "./queries";
import { TaskRow } from "./row";

/** All tasks that the filter lets through, newest first; it stays true by itself. */
export function TaskList({ openId }: { openId: string | null }) {
  const filter = useTaskFilter();
  const query = useInfiniteQuery({ ...tasksOptions(filter), refetchInterval: usePollMs() });
  const { data, error, refetch } = query;
  if (!data && error) return <Failed what="The tasks could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={6} className="h-16" />;
  const rows = allRows(data.pages);
  if (rows.length === 0) return <Nothing isFiltered={Object.keys(filter).length > 0} />;
  const total = data.pages[0]?.total ?? rows.length;
  return (
    <>
      <p role="status" className="text-soft text-sm">
        {total === 1 ? "1 task" : `${total.toLocaleString()} tasks`}
      </p>
      <ul aria-label="Tasks" className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-raised">
        {rows.map((task) => (
          <TaskRow key={task.id} task={task} isOpen={task.id === openId} />
        ))}
      </ul>
      <LoadMore {...query} />
    </>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const [params, setParams] = useSearchParams();
  const isViewer = useIsViewer();
  const clear = () => {
    const next = new URLSearchParams(params);
    for (const name of FILTER_NAMES) next.delete(name);
    setParams(next, { replace: true });
  };
  if (isFiltered) {
    return (
      <Empty title="Nothing found" sentence="No task fits these filters.">
        <button type="button" onClick={clear} className="min-h-9 rounded px-2 text-accent text-sm underline">
          Show all tasks
        </button>
      </Empty>
    );
  }
  const sentence =
    "A task is one piece of work for a model: a text, a picture, speech or a video. It waits its turn, tries again by itself, and keeps its result.";
  return (
    <Empty title="No tasks yet" sentence={sentence}>
      {!isViewer && (
        <Link to="/tasks?new=1" className="font-medium text-accent underline">
          Make the first one
        </Link>
      )}
    </Empty>
  );
}
