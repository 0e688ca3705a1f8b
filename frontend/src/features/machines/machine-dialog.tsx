import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { fieldErrorsOf, messageOf } from "@/api/failure";
import type { Backend, Profile } from "@/api/types";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { toast } from "@/ui/toast";
import { useAdd, useEdit } from "./changes";
import { formOf, inputOf, type MachineForm, patchOf } from "./form";
import { MachineFields } from "./machine-fields";

interface MachineDialogProps {
  profile: Profile;
  /** Null: a new one. */
  machine: Backend | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function MachineDialog({ profile, machine, open, onOpenChange }: MachineDialogProps) {
  const told = machine ? undefined : `One more ComfyUI that shares the work of “${profile.name}”.`;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={machine ? `Edit “${machine.name}”` : "Add a machine"}
      {...(told === undefined ? {} : { description: told })}
    >
      {machine ? (
        <Change machine={machine} onDone={() => onOpenChange(false)} />
      ) : (
        <Add profile={profile} onDone={() => onOpenChange(false)} />
      )}
    </Dialog>
  );
}

function Add({ profile, onDone }: { profile: Profile; onDone: () => void }) {
  const [form, setForm] = useState(() => formOf(null));
  const add = useAdd(profile.id, ({ name }) => {
    toast({ kind: "info", message: `“${name}” is added.` });
    onDone();
  });
  return (
    <FormBody
      machine={null}
      form={form}
      edit={(change) => {
        add.reset();
        setForm((now) => ({ ...now, ...change }));
      }}
      error={add.error}
      isPending={add.isPending}
      onSend={() => add.mutate(inputOf(form))}
      onCancel={onDone}
    />
  );
}

function Change({ machine, onDone }: { machine: Backend; onDone: () => void }) {
  const [form, setForm] = useState(() => formOf(machine));
  const change = useEdit(machine, ({ name }) => {
    toast({ kind: "info", message: `“${name}” is saved.` });
    onDone();
  });
  return (
    <FormBody
      machine={machine}
      form={form}
      edit={(next) => {
        change.reset();
        setForm((now) => ({ ...now, ...next }));
      }}
      error={change.error}
      isPending={change.isPending}
      onSend={() => change.mutate(patchOf(machine, form))}
      onCancel={onDone}
    />
  );
}

interface FormBodyProps {
  machine: Backend | null;
  form: MachineForm;
  edit: (change: Partial<MachineForm>) => void;
  error: Error | null;
  isPending: boolean;
  onSend: () => void;
  onCancel: () => void;
}

function FormBody({ machine, form, edit, error, isPending, onSend, onCancel }: FormBodyProps) {
  const trouble = fieldErrorsOf(error);
  const isAtField = Object.keys(trouble).length > 0;
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!isPending) onSend();
  };
  return (
    <form noValidate onSubmit={send} className="flex flex-col gap-4">
      <MachineFields machine={machine} form={form} edit={edit} trouble={trouble} />
      {machine?.is_own && (
        <p className="text-soft text-sm">
          Its address and API key are those of the{" "}
          <Link to="/profiles" className="text-accent underline">
            profile
          </Link>
          .
        </p>
      )}
      {error && (
        <p role="alert" className="break-words text-bad text-sm">
          {isAtField ? "Not saved yet: see what is marked." : messageOf(error)}
        </p>
      )}
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="strong" busy={isPending}>
          {machine ? "Save" : "Add machine"}
        </Button>
      </DialogActions>
    </form>
  );
}
