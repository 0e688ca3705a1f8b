import { type FormEvent, useState } from "react";
import { messageOf } from "@/api/failure";
import type { WorkflowSummary } from "@/api/types";
import { Button } from "@/ui/button";
import { DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { changeWorkflow, LONGEST_NAME } from "./changes";

export function RenameForm({ workflow, onDone }: { workflow: WorkflowSummary; onDone: () => void }) {
  const [name, setName] = useState(workflow.name);
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await changeWorkflow(workflow.id, { name: name.trim() });
      onDone();
    } catch (failure) {
      setRefusal(messageOf(failure));
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void save(event)}>
      <Field label="Name" error={refusal}>
        {(told) => (
          <Input {...told} value={name} maxLength={LONGEST_NAME} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="strong" busy={busy} disabled={name.trim() === ""}>
          Rename
        </Button>
      </DialogActions>
    </form>
  );
}
