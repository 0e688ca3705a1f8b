import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { messageOf } from "@/api/failure";
import type { WorkflowSummary } from "@/api/types";
import { Button } from "@/ui/button";
import { DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { changeWorkflow, LONGEST_NAME } from "./changes";

export function RenameForm({ workflow, onDone }: { workflow: WorkflowSummary; onDone: () => void }) {
  const [name, setName] = useState(workflow.name);
  const renaming = useMutation({
    mutationFn: () => changeWorkflow(workflow.id, { name: name.trim() }),
    onSuccess: onDone,
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    renaming.mutate();
  };
  return (
    <form onSubmit={send}>
      <Field label="Name" error={renaming.error ? messageOf(renaming.error) : undefined}>
        {(told) => (
          <Input {...told} value={name} maxLength={LONGEST_NAME} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="strong" busy={renaming.isPending} disabled={name.trim() === ""}>
          Rename
        </Button>
      </DialogActions>
    </form>
  );
}
