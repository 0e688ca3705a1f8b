import { Ban, CopyPlus, Pencil, RotateCw, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { Button } from "@/ui/button";
import { focusHeading } from "@/ui/focus-beside";
import { useCancel, useRemove, useRetry } from "./changes";
import { EditDialog } from "./edit-dialog";
import { isOver, type Task, type TaskStatus } from "./task";

/** What can be done with a task as it is now. The button that was pressed may go away, but not the focus. */
export function TaskActions({ task, status }: { task: Task; status: TaskStatus }) {
  const [isEditing, setEditing] = useState(false);
  const [params, setParams] = useSearchParams();
  const cancel = useCancel();
  const retry = useRetry();
  const over = isOver(status);
  const row = useRef<HTMLFieldSetElement>(null);
  const onSuccess = () => document.activeElement === document.body && row.current?.focus();
  const again = () => {
    const next = new URLSearchParams(params);
    next.set("again", task.id);
    setParams(next);
  };
  return (
    <fieldset
      ref={row}
      tabIndex={-1}
      aria-label="What can be done"
      className="-mx-2 flex min-w-0 flex-wrap gap-x-1 outline-none"
    >
      {!over && (
        <Button look="quiet" busy={cancel.isPending} onClick={() => cancel.mutate(task, { onSuccess })}>
          <Ban size={16} aria-hidden />
          {task.cancel_requested_at ? "Cancelling" : "Cancel"}
        </Button>
      )}
      {(status === "failed" || status === "cancelled") && (
        <Button look="quiet" busy={retry.isPending} onClick={() => retry.mutate(task, { onSuccess })}>
          <RotateCw size={16} aria-hidden />
          Retry
        </Button>
      )}
      <Button look="quiet" onClick={again}>
        <CopyPlus size={16} aria-hidden />
        Again with changes
      </Button>
      <Button look="quiet" onClick={() => setEditing(true)}>
        <Pencil size={16} aria-hidden />
        Edit
      </Button>
      {over && <Remove task={task} />}
      <EditDialog task={task} isPending={status === "pending"} open={isEditing} onOpenChange={setEditing} />
    </fieldset>
  );
}

function Remove({ task }: { task: Task }) {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const remove = useRemove(() => {
    focusHeading();
    navigate({ pathname: "/tasks", search: params.toString() }, { replace: true });
  });
  return (
    <Button look="quiet" busy={remove.isPending} onClick={() => remove.mutate(task)}>
      <Trash2 size={16} aria-hidden />
      Delete
    </Button>
  );
}
