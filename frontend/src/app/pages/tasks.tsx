import { Plus } from "lucide-react";
import { Link, useLocation, useParams } from "react-router";
import { useIsViewer } from "@/features/auth/me";
import { TaskDetail } from "@/features/tasks/detail";
import { FilterBar, OfSchedule } from "@/features/tasks/filter-bar";
import { NewTask } from "@/features/tasks/form/new-task";
import { TaskList } from "@/features/tasks/list";
import { STATUS_NAMES } from "@/features/tasks/task";
import { Page } from "@/ui/page";

/** The list, and beside it the task that is open; where there is no room for both, that task alone. */
export default function TasksPage() {
  const { taskId = null } = useParams<{ taskId: string }>();
  const isOpen = taskId !== null;
  return (
    <Page title="Tasks" wide={isOpen} actions={<NewButton />}>
      <div className={isOpen ? "grid items-start gap-6 lg:grid-cols-[minmax(20rem,2fr)_3fr]" : ""}>
        <div className={`flex min-w-0 flex-col gap-4 ${isOpen ? "max-lg:hidden" : ""}`}>
          <FilterBar statuses={STATUS_NAMES} />
          <OfSchedule to="/tasks" />
          <TaskList openId={taskId} />
        </div>
        {taskId !== null && (
          <div className="min-w-0 rounded-lg border border-line bg-raised p-4">
            <TaskDetail taskId={taskId} />
          </div>
        )}
      </div>
      <NewTask />
    </Page>
  );
}

function NewButton() {
  const isViewer = useIsViewer();
  const { search } = useLocation();
  if (isViewer) return null;
  const params = new URLSearchParams(search);
  params.set("new", "1");
  return (
    <Link
      to={{ search: params.toString() }}
      className="inline-flex min-h-9 items-center gap-2 rounded-md bg-accent px-3 py-1.5 font-medium text-on-accent text-sm hover:brightness-110"
    >
      <Plus size={16} aria-hidden />
      New task
    </Link>
  );
}
