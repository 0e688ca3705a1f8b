import { type FormEvent, useState } from "react";
import { fieldErrorsOf, messageOf } from "@/api/failure";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { NumberInput } from "@/ui/number-input";
import { Refusal } from "@/ui/refusal";
import { usePatch } from "./changes";
import { fieldOf, momentOf } from "./moments";
import type { Task, TaskPatch } from "./task";

interface EditDialogProps {
  task: Task;
  isPending: boolean;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function EditDialog({ task, isPending, open, onOpenChange }: EditDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Edit the task">
      <EditForm task={task} isPending={isPending} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function EditForm({ task, isPending, onDone }: Pick<EditDialogProps, "task" | "isPending"> & { onDone: () => void }) {
  const [name, setName] = useState(task.name);
  const [priority, setPriority] = useState(task.priority);
  const [before] = useState(() => laterOnly(task.run_after));
  const [runAfter, setRunAfter] = useState(before);
  const save = usePatch(onDone);
  const trouble = fieldErrorsOf(save.error);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const at = momentOf(runAfter) ?? new Date().toISOString();
    const patch: TaskPatch = {
      ...(name.trim() === task.name ? {} : { name: name.trim() }),
      ...(isPending && priority !== task.priority ? { priority } : {}),
      ...(isPending && runAfter !== before ? { run_after: at } : {}),
    };
    if (Object.keys(patch).length === 0) onDone();
    else save.mutate({ id: task.id, patch });
  };
  return (
    <form onSubmit={send} className="flex flex-col gap-4">
      <Field label="Name" error={trouble.name}>
        {(props) => (
          <Input {...props} required maxLength={255} value={name} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      {isPending && (
        <>
          <Field
            label="Priority"
            hint="Higher ones come first. Above 0 is for the server's admins."
            error={trouble.priority}
          >
            {(props) => <NumberInput {...props} value={priority} step={1} onChange={setPriority} />}
          </Field>
          <Field label="Not before" hint="By this clock. Empty: at once." error={trouble.run_after}>
            {(props) => (
              <Input
                {...props}
                type="datetime-local"
                value={runAfter}
                onChange={(event) => setRunAfter(event.target.value)}
              />
            )}
          </Field>
        </>
      )}
      {!isPending && <p className="text-soft text-sm">Priority and time can be changed only while it waits.</p>}
      <Refusal message={save.error && messageOf(save.error)} />
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="strong" busy={save.isPending}>
          Save
        </Button>
      </DialogActions>
    </form>
  );
}

const laterOnly = (at: string) => (Date.parse(at) > Date.now() ? fieldOf(at) : "");
