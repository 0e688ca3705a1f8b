import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useEffect, useRef } from "react";
import { Link, useLocation } from "react-router";
import { ApiFailure } from "@/api/failure";
import { useIsViewer } from "@/features/auth/me";
import { Markdown } from "@/ui/markdown";
import { Empty, Failed } from "@/ui/notice";
import { ProgressBar } from "@/ui/progress-bar";
import { SkeletonList } from "@/ui/skeleton";
import { usePageTitle } from "@/ui/title";
import { TaskActions } from "./actions";
import { TaskFacts } from "./facts";
import { useTaskNow } from "./live";
import { Part } from "./part";
import { taskOptions, usePollMs } from "./queries";
import { ResultActions } from "./results/actions";
import { ResultView } from "./results/result-view";
import { useTaskRoom } from "./row";
import { StatusBadge } from "./status-badge";
import type { Task } from "./task";
import { TriedList } from "./tried";

/** Everything about one task. */
export function TaskDetail({ taskId }: { taskId: string }) {
  const { data: task, error, refetch } = useQuery({ ...taskOptions(taskId), refetchInterval: usePollMs() });
  if (error instanceof ApiFailure && (error.status === 404 || error.status === 422))
    return <Empty title="There is no such task" sentence="It may be deleted, or belong to another workspace." />;
  if (!task && error) return <Failed what="The task could not be read" error={error} onRetry={() => void refetch()} />;
  if (!task) return <SkeletonList rows={5} />;
  return <Whole key={task.id} task={task} />;
}

function Whole({ task }: { task: Task }) {
  const { status, percent, message } = useTaskNow(task);
  const isViewer = useIsViewer();
  const heading = useOpened(task.id);
  const { search } = useLocation();
  useTaskRoom(task.id, status === "running" || status === "pending");
  usePageTitle(task.name);
  return (
    <article aria-label={`Task: ${task.name}`} className="flex min-w-0 flex-col gap-4">
      <header className="flex flex-col gap-2">
        <Link
          to={{ pathname: "/tasks", search }}
          className="inline-flex min-h-9 items-center gap-1 self-start text-accent text-sm hover:underline lg:hidden"
        >
          <ArrowLeft size={16} aria-hidden />
          All tasks
        </Link>
        <h2 ref={heading} tabIndex={-1} className="wrap-anywhere font-semibold text-lg outline-none">
          {task.name}
        </h2>
        <div role="status" className="flex flex-wrap items-center gap-3 text-sm">
          <StatusBadge status={status} />
          {status === "running" && <span className="text-soft">{message ?? "At work"}</span>}
          {status === "pending" && (
            <span className="wrap-anywhere text-soft">{task.waiting_reason ?? waitingFor(task)}</span>
          )}
        </div>
        {status === "running" && <ProgressBar label={`Progress of ${task.name}`} percent={percent} />}
        {!isViewer && <TaskActions task={task} status={status} />}
      </header>
      {status === "failed" && <Failure task={task} />}
      {task.result && status === "complete" && (
        <Part title="Result">
          <ResultView result={task.result} name={task.name} />
          <div className="-mx-2 flex flex-wrap">
            <ResultActions result={task.result} name={task.name} />
          </div>
        </Part>
      )}
      {task.prompt && (
        <Part title="Prompt">
          <p className="wrap-anywhere max-h-80 overflow-y-auto whitespace-pre-wrap text-sm">{task.prompt}</p>
        </Part>
      )}
      <TriedList task={task} />
      <Part title="Details">
        <TaskFacts task={task} />
      </Part>
    </article>
  );
}

function waitingFor({ run_after, created_at }: Task): string {
  const isLater = Date.parse(run_after) > Math.max(Date.now(), Date.parse(created_at) + 1_000);
  return isLater ? `Begins at ${new Date(run_after).toLocaleString()}` : "Waiting for its turn";
}

/** On a phone the detail takes the place of the list: who opens another one begins at its name. */
function useOpened(id: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: for each task anew.
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "nearest" });
  }, [id]);
  return heading;
}

/** Why, in the server's words, and what came before it broke off. */
function Failure({ task: { error, error_code, error_details } }: { task: Task }) {
  const partial = error_details?.partial;
  return (
    <section aria-label="Why it failed" className="flex flex-col gap-2 rounded-lg border border-bad p-3 text-sm">
      <p className="wrap-anywhere text-bad">{error ?? "It failed, and nobody said why."}</p>
      {error_code && <p className="text-soft text-xs">{error_code}</p>}
      {typeof partial === "string" && partial !== "" && (
        <>
          <h3 className="font-medium">What came until then</h3>
          <Markdown text={partial} />
        </>
      )}
    </section>
  );
}
