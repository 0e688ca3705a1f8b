import { type FormEvent, useState } from "react";
import { messageOf } from "@/api/failure";
import { troubleOf } from "@/features/profiles/form";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { useAddKey } from "./key-changes";

interface KeyDialogProps {
  profileId: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function KeyDialog({ profileId, open, onOpenChange }: KeyDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Add an API key"
      description="It is kept encrypted and never shown again."
    >
      <Form profileId={profileId} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Form({ profileId, onDone }: { profileId: string; onDone: () => void }) {
  const [name, setName] = useState("");
  const [apiKey, setApiKey] = useState("");
  const adding = useAddKey(profileId, onDone);
  const trouble = troubleOf(adding.error);
  const send = (event: FormEvent) => {
    event.preventDefault();
    adding.mutate({ name: name.trim(), api_key: apiKey.trim() });
  };
  return (
    <form onSubmit={send} className="flex flex-col gap-4">
      <Field label="Name" hint="Whose account it is, for instance." error={trouble.name}>
        {(props) => (
          <Input {...props} value={name} onChange={({ target }) => setName(target.value)} maxLength={255} required />
        )}
      </Field>
      <Field label="API key" error={trouble.api_key}>
        {(props) => (
          <Input
            {...props}
            type="password"
            value={apiKey}
            onChange={({ target }) => setApiKey(target.value)}
            maxLength={4_000}
            autoComplete="new-password"
            spellCheck={false}
            required
          />
        )}
      </Field>
      {adding.error && Object.keys(trouble).length === 0 && (
        <p role="alert" className="break-words text-bad text-sm">
          {messageOf(adding.error)}
        </p>
      )}
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="strong" busy={adding.isPending}>
          Add
        </Button>
      </DialogActions>
    </form>
  );
}
