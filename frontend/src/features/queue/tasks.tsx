import { useQuery } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { useIsViewer } from "@/features/auth/me";
import { PROVIDERS } from "@/features/profiles/providers";
import { useTaskNow } from "@/features/tasks/live";
import { exactTime } from "@/features/tasks/moments";
import { usePollMs } from "@/features/tasks/queries";
import { useTaskRoom } from "@/features/tasks/row";
import { StatusBadge } from "@/features/tasks/status-badge";
import { type Task, TYPES } from "@/features/tasks/task";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { Failed } from "@/ui/notice";
import { ProgressBar } from "@/ui/progress-bar";
import { SkeletonList } from "@/ui/skeleton";
import { CancelRow } from "./actions";
import { inOrder } from "./order";
import { PriorityDialog } from "./priority-dialog";
import { activeTasksOptions } from "./queries";
import { QueueList, QueueSection } from "./section";

/** What language models and other providers have to do. */
export function ActiveTasks() {
  const { data, error, refetch } = useQuery({ ...activeTasksOptions, refetchInterval: usePollMs() });
  if (!data && error) return <Failed what="The tasks could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={2} />;
  return (
    <QueueSection title="Tasks" count={data.rows.length} none="No task waits or runs.">
      <QueueList label="Tasks">
        {inOrder(data.rows, Date.now()).map((task) => (
          <TaskLine key={task.id} task={task} />
        ))}
      </QueueList>
      {data.total > 200 && (
        <Link to="/tasks?status=pending" className="text-accent text-sm underline">
          There are more; see all tasks that wait
        </Link>
      )}
    </QueueSection>
  );
}

function TaskLine({ task }: { task: Task }) {
  const { status, percent, message } = useTaskNow(task);
  const isViewer = useIsViewer();
  const [isAsking, setAsking] = useState(false);
  const { Icon, label } = TYPES[task.type];
  useTaskRoom(task.id, status === "running");
  return (
    <li className="flex flex-wrap items-center gap-x-3 px-3 py-2 text-sm">
      <Icon size={18} role="img" aria-label={label} className="shrink-0 text-soft" />
      <div className="min-w-0 flex-1 basis-48">
        <Link to={`/tasks/${task.id}`} className="block truncate font-medium hover:underline">
          {task.name}
        </Link>
        <p className="wrap-anywhere line-clamp-2 text-soft text-xs">{message ?? told(task)}</p>
        {status === "running" && <ProgressBar label={`Progress of ${task.name}`} percent={percent} className="mt-1" />}
      </div>
      {task.priority !== 0 && <Badge>Priority {task.priority}</Badge>}
      <StatusBadge status={status} />
      {!isViewer && (
        <div className="flex shrink-0">
          <CancelRow id={task.id} name={task.name} isTask />
          {status === "pending" && (
            <Menu
              items={[{ label: "Priority…", onSelect: () => setAsking(true) }]}
              trigger={
                <Button look="quiet" aria-label={`More for ${task.name}`} className="px-2">
                  <Ellipsis size={16} aria-hidden />
                </Button>
              }
            />
          )}
        </div>
      )}
      <PriorityDialog row={task} isTask open={isAsking} onOpenChange={setAsking} />
    </li>
  );
}

function told(task: Task): string {
  if (task.status === "pending" && task.waiting_reason) return task.waiting_reason;
  if (task.status === "pending" && Date.parse(task.run_after) > Date.now())
    return `Begins at ${exactTime(task.run_after)}`;
  return [PROVIDERS[task.provider].label, task.model].filter(Boolean).join(" · ");
}
