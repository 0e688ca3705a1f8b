import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { fieldErrorsOf, messageOf } from "@/api/failure";
import type { Preset } from "@/api/types";
import { workflowsOptions } from "@/features/workflows/queries";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Select } from "@/ui/field";
import { Refusal } from "@/ui/refusal";
import { toast } from "@/ui/toast";
import { type Kept, useEdit } from "./changes";
import { type Named, NameFields } from "./name-fields";
import { labelOf } from "./settings";
import { TickList } from "./tick-list";

interface EditDialogProps {
  preset: Preset;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Another name, description or workflow; settings can be left out. */
export function EditDialog({ preset, open, onOpenChange }: EditDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={`Edit “${preset.name}”`}>
      <Content preset={preset} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Content({ preset, onDone }: { preset: Preset; onDone: () => void }) {
  const [named, setNamed] = useState<Named>({ name: preset.name, description: preset.description ?? "" });
  const [workflowId, setWorkflowId] = useState(preset.workflow_id);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(Object.keys(preset.parameters)));
  const save = useEdit(preset, ({ name }) => {
    toast({ kind: "info", message: `“${name}” is saved.` });
    onDone();
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (save.isPending) return;
    const parameters = Object.entries(preset.parameters).filter(([name]) => chosen.has(name));
    save.mutate({
      name: named.name,
      description: named.description.trim() || null,
      ...(workflowId === preset.workflow_id ? {} : { workflow_id: workflowId }),
      ...(chosen.size === Object.keys(preset.parameters).length
        ? {}
        : { parameters: Object.fromEntries(parameters) as Kept }),
    });
  };
  const edit = (change: Partial<Named>) => {
    save.reset();
    setNamed((now) => ({ ...now, ...change }));
  };
  const trouble = fieldErrorsOf(save.error);
  const settings = Object.entries(preset.parameters).map(([name, value]) => ({ name, label: labelOf(name), value }));
  return (
    <form onSubmit={send} className="flex flex-col gap-4">
      <NameFields value={named} onChange={edit} trouble={trouble} />
      <WorkflowField workflowId={workflowId} onChange={setWorkflowId} error={trouble.workflow_id} />
      <TickList legend="Settings" settings={settings} chosen={chosen} onChange={setChosen} error={trouble.parameters} />
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

interface WorkflowFieldProps {
  workflowId: string | null;
  onChange: (workflowId: string | null) => void;
  error: string | undefined;
}

const ANY = "";

function WorkflowField({ workflowId, onChange, error }: WorkflowFieldProps) {
  const { data: workflows = [] } = useQuery(workflowsOptions);
  return (
    <Field label="For" error={error}>
      {(props) => (
        <Select {...props} value={workflowId ?? ANY} onChange={(event) => onChange(event.target.value || null)}>
          <option value={ANY}>Any workflow</option>
          {workflows.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
          {workflowId !== null && !workflows.some(({ id }) => id === workflowId) && (
            <option value={workflowId}>A workflow that is deleted</option>
          )}
        </Select>
      )}
    </Field>
  );
}
