import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { messageOf } from "@/api/failure";
import { useIsViewer } from "@/features/auth/me";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Failed } from "@/ui/notice";
import { Refusal } from "@/ui/refusal";
import { SkeletonList } from "@/ui/skeleton";
import { toast } from "@/ui/toast";
import { useCreate } from "../changes";
import { taskOptions } from "../queries";
import { TaskFields } from "./fields";
import { useIsUploading } from "./inputs-field";
import { formOf, formOfTask, requestOf, type TaskForm } from "./task-form";
import { errorAt, isAtFields, troubleOf } from "./trouble";

const OF_THE_FORM = ["new", "again", "prompt", "profile_id", "model"];

/** Open while the address has `new` or `again`; beside `new` may stand what the form begins with. */
export function NewTask() {
  const [params, setParams] = useSearchParams();
  const again = params.get("again");
  const isViewer = useIsViewer();
  const isOpen = !isViewer && (params.has("new") || again !== null);
  const rest = () => {
    const next = new URLSearchParams(params);
    for (const name of OF_THE_FORM) next.delete(name);
    return next;
  };
  const title = again === null ? "New task" : "Again with changes";
  return (
    <Dialog open={isOpen} onOpenChange={() => setParams(rest(), { replace: true })} title={title} wide>
      {again === null ? (
        <TaskFormView start={formOf(Object.fromEntries(params))} search={rest} />
      ) : (
        <Again key={again} taskId={again} search={rest} />
      )}
    </Dialog>
  );
}

type Search = () => URLSearchParams;

function Again({ taskId, search }: { taskId: string; search: Search }) {
  const { data: task, error, refetch } = useQuery(taskOptions(taskId));
  if (!task && error) return <Failed what="The task could not be read" error={error} onRetry={() => void refetch()} />;
  if (!task) return <SkeletonList rows={4} />;
  return <TaskFormView start={formOfTask(task)} search={search} />;
}

function TaskFormView({ start, search }: { start: TaskForm; search: Search }) {
  const [form, setForm] = useState(start);
  const navigate = useNavigate();
  const isUploading = useIsUploading();
  const element = useRef<HTMLFormElement>(null);
  const isSending = useRef(false);
  const create = useCreate((task) => {
    toast({ kind: "info", message: `“${task.name}” waits for its turn.` });
    navigate({ pathname: `/tasks/${task.id}`, search: search().toString() }, { replace: true });
  });
  const trouble = troubleOf(create.error);
  const { error } = create;
  useEffect(() => {
    if (error) element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [error]);
  const edit = (change: Partial<TaskForm>) => setForm((now) => ({ ...now, ...change }));
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (isSending.current) return;
    isSending.current = true;
    create.mutate(requestOf(form), {
      onSettled: () => {
        isSending.current = false;
      },
    });
  };
  return (
    <form ref={element} noValidate onSubmit={send} className="flex flex-col gap-4">
      <TaskFields form={form} trouble={trouble} edit={edit} />
      <Field label="Name" hint="Empty: the beginning of the prompt." error={errorAt(trouble, "name")}>
        {(props) => (
          <Input
            {...props}
            value={form.name}
            maxLength={255}
            onChange={(event) => edit({ name: event.target.value })}
          />
        )}
      </Field>
      <Refusal message={error && !isAtFields(trouble) ? messageOf(error) : null} />
      <DialogActions>
        <Button type="submit" look="strong" busy={create.isPending || isUploading}>
          Start the task
        </Button>
      </DialogActions>
    </form>
  );
}
