import { type FormEvent, useEffect, useRef, useState } from "react";
import { messageOf } from "@/api/failure";
import type { Profile } from "@/api/types";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { toast } from "@/ui/toast";
import { useSave, useTrial } from "./changes";
import { ConnectionReport } from "./connection-report";
import { formOf, type ProfileForm, troubleOf } from "./form";
import { ProfileFields } from "./profile-fields";

interface ProfileDialogProps {
  /** Null: a new one. */
  profile: Profile | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function ProfileDialog({ profile, open, onOpenChange }: ProfileDialogProps) {
  const title = profile ? `Edit “${profile.name}”` : "New profile";
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} description="A connection to one provider.">
      <Form profile={profile} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Form({ profile, onDone }: { profile: Profile | null; onDone: () => void }) {
  const [form, setForm] = useState<ProfileForm>(() => formOf(profile));
  const save = useSave(profile, ({ name }) => {
    toast({ kind: "info", message: `“${name}” is saved.` });
    onDone();
  });
  const trial = useTrial();
  const element = useMarkedFirst(save.error);
  const trouble = troubleOf(save.error ?? trial.error);
  const send = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(form);
  };
  const edit = (change: Partial<ProfileForm>) => {
    save.reset();
    trial.reset();
    setForm((now) => ({ ...now, ...change }));
  };
  const isAtField = Object.keys(trouble).length > 0;
  return (
    <form ref={element} onSubmit={send} className="flex flex-col gap-4">
      <ProfileFields profile={profile} form={form} edit={edit} trouble={trouble} />
      <ConnectionReport report={trial.data} error={isAtField ? null : trial.error} isPending={trial.isPending} />
      {save.error && (
        <p role="alert" className="break-words text-bad text-sm">
          {isAtField ? "Not saved yet: see what is marked." : messageOf(save.error)}
        </p>
      )}
      <DialogActions>
        <Button busy={trial.isPending} onClick={() => trial.mutate({ profile, form })} className="mr-auto">
          Test connection
        </Button>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="strong" busy={save.isPending}>
          {profile ? "Save" : "Create profile"}
        </Button>
      </DialogActions>
    </form>
  );
}

/** Brings the cursor to the first field that the server has refused. */
function useMarkedFirst(error: unknown) {
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error) element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [error]);
  return element;
}
