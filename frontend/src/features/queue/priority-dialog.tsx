import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { messageOf } from "@/api/failure";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { NumberInput } from "@/ui/number-input";
import { setPriority } from "./changes";

interface PriorityDialogProps {
  row: { id: string; priority: number };
  isTask: boolean;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function PriorityDialog({ open, onOpenChange, ...of }: PriorityDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Priority">
      <PriorityForm {...of} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function PriorityForm({ row, isTask, onDone }: Pick<PriorityDialogProps, "row" | "isTask"> & { onDone: () => void }) {
  const [priority, setTyped] = useState(row.priority);
  const save = useMutation({ mutationFn: () => setPriority(row, isTask, Math.trunc(priority)), onSuccess: onDone });
  const send = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={send}>
      <Field
        label="Priority"
        hint="Higher ones come first, whoever asked. −100 to 100; above 0 is for the server’s admins."
        error={save.error ? messageOf(save.error) : undefined}
      >
        {(props) => <NumberInput {...props} value={priority} min={-100} max={100} step={1} onChange={setTyped} />}
      </Field>
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="strong" busy={save.isPending}>
          Save
        </Button>
      </DialogActions>
    </form>
  );
}
