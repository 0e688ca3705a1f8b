import { type FormEvent, useState } from "react";
import { fieldErrorsOf, messageOf } from "@/api/failure";
import type { Form } from "@/features/generations/form/use-form";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Refusal } from "@/ui/refusal";
import { toast } from "@/ui/toast";
import { type Kept, useCreate } from "./changes";
import { type Named, NameFields } from "./name-fields";
import { isOfNode, settingsOf } from "./settings";
import { TickList } from "./tick-list";

interface SaveDialogProps {
  form: Form;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Keeps settings of the form under a name. */
export function SaveDialog({ form, open, onOpenChange }: SaveDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Save as preset"
      description="The settings that are ticked are kept, to be set again by one choice."
    >
      <Content form={form} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Content({ form, onDone }: { form: Form; onDone: () => void }) {
  const [named, setNamed] = useState<Named>({ name: "", description: "" });
  const [isForAny, setForAny] = useState(false);
  const settings = settingsOf(form.values).filter(({ name }) => !isForAny || !isOfNode(name));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(settings.filter(({ isUsual }) => isUsual).map(({ name }) => name)),
  );
  const create = useCreate(({ name }) => {
    toast({ kind: "info", message: `“${name}” is a preset now.` });
    onDone();
  });
  const kept = settings.filter(({ name }) => chosen.has(name));
  const send = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (create.isPending) return;
    create.mutate({
      name: named.name,
      description: named.description.trim() || null,
      workflow_id: isForAny ? null : form.workflow.id,
      parameters: Object.fromEntries(kept.map(({ name, value }) => [name, value])) as Kept,
    });
  };
  const edit = (change: Partial<Named>) => {
    create.reset();
    setNamed((now) => ({ ...now, ...change }));
  };
  const trouble = fieldErrorsOf(create.error);
  return (
    <form onSubmit={send} className="flex flex-col gap-4">
      <NameFields value={named} onChange={edit} trouble={trouble} />
      <TickList legend="Settings" settings={settings} chosen={chosen} onChange={setChosen} />
      <label className="flex min-h-9 items-center gap-2 text-sm">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={isForAny}
          onChange={(event) => setForAny(event.target.checked)}
        />
        For any workflow, not only for “{form.workflow.name}”
      </label>
      <Refusal message={create.error && messageOf(create.error)} />
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="strong" busy={create.isPending} disabled={kept.length === 0}>
          Save preset
        </Button>
      </DialogActions>
    </form>
  );
}
