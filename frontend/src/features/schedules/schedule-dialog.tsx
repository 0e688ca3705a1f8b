import { type FormEvent, useEffect, useRef, useState } from "react";
import { messageOf } from "@/api/failure";
import { useIsUploading } from "@/features/tasks/form/inputs-field";
import { troubleOf } from "@/features/tasks/form/trouble";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { toast } from "@/ui/toast";
import { useSave } from "./changes";
import type { Schedule } from "./schedule";
import { formOf, inputOf, requestOf, type ScheduleForm } from "./schedule-form";
import { WhatFields } from "./what-fields";
import { WhenFields } from "./when-fields";

interface ScheduleDialogProps {
  /** Null: a new one. */
  schedule: Schedule | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function ScheduleDialog({ schedule, open, onOpenChange }: ScheduleDialogProps) {
  const title = schedule ? `Edit “${schedule.name}”` : "New schedule";
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} wide>
      <ScheduleFormView schedule={schedule} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

const NO_JSON = "The request is no JSON object. Look for a missing bracket or comma.";

function ScheduleFormView({ schedule, onDone }: { schedule: Schedule | null; onDone: () => void }) {
  const [form, setForm] = useState(() => formOf(schedule));
  const [isUnreadable, setUnreadable] = useState(false);
  const isUploading = useIsUploading();
  const element = useRef<HTMLFormElement>(null);
  const isSending = useRef(false);
  const save = useSave(schedule, ({ name }) => {
    toast({ kind: "info", message: `“${name}” is saved.` });
    onDone();
  });
  const { error } = save;
  useEffect(() => {
    if (error) element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [error]);
  const trouble = isUnreadable ? { request: NO_JSON } : troubleOf(error);
  const edit = (change: Partial<ScheduleForm>) => setForm((now) => ({ ...now, ...change }));
  const send = (event: FormEvent) => {
    event.preventDefault();
    const request = requestOf(form);
    setUnreadable(request === null);
    if (request === null || isSending.current) return;
    isSending.current = true;
    save.mutate(inputOf(form, request), {
      onSettled: () => {
        isSending.current = false;
      },
    });
  };
  return (
    <form ref={element} noValidate onSubmit={send} className="flex flex-col gap-6">
      <Field label="Name" error={trouble.name}>
        {(props) => (
          <Input
            {...props}
            value={form.name}
            maxLength={255}
            onChange={(event) => edit({ name: event.target.value })}
          />
        )}
      </Field>
      <WhenFields form={form} trouble={trouble} edit={edit} />
      <WhatFields form={form} isFixed={schedule !== null} trouble={trouble} edit={edit} />
      {(error || isUnreadable) && (
        <p role="alert" className="wrap-anywhere text-bad text-sm">
          {isUnreadable ? NO_JSON : messageOf(error)}
        </p>
      )}
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="strong" busy={save.isPending || isUploading}>
          {schedule ? "Save" : "Make the schedule"}
        </Button>
      </DialogActions>
    </form>
  );
}
