import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fieldErrorsOf } from "@/api/failure";
import { EntranceForm } from "@/features/auth/entrance";
import { NameField } from "@/features/auth/fields";
import { meOptions } from "@/features/auth/me";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Select } from "@/ui/field";
import { ShownOnce } from "@/ui/shown-once";
import { useCreate } from "./changes";
import type { NewApiKey } from "./queries";
import { curlLine, SCOPES } from "./scopes";

interface NewKeyProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function NewKey({ open, onOpenChange }: NewKeyProps) {
  const told = "A program that sends it acts as you, as far as the key allows.";
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="New API key" description={told}>
      <Steps onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Steps({ onDone }: { onDone: () => void }) {
  const [made, setMade] = useState<NewApiKey | null>(null);
  return made ? <Made made={made} onDone={onDone} /> : <NewKeyForm onMade={setMade} />;
}

const LIFETIMES = [
  ["7", "7 days"],
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "1 year"],
  ["", "No end"],
] as const;

function NewKeyForm({ onMade }: { onMade: (made: NewApiKey) => void }) {
  const { data: me } = useQuery(meOptions);
  const creating = useCreate(onMade);
  const { name, scopes, expires_in_days, workspace_id } = fieldErrorsOf(creating.error);
  return (
    <EntranceForm verb="Create key" busy={creating.isPending} error={creating.error} onSend={creating.mutate}>
      <NameField error={name} autoComplete="off" placeholder="The program that will use it" autoFocus />
      <Field label="It may" error={scopes}>
        {(props) => (
          <Select {...props} name="scope" defaultValue="write">
            {SCOPES.map(({ scope, label, told }) => (
              <option key={scope} value={scope}>
                {label}: {told}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Good for" error={expires_in_days}>
        {(props) => (
          <Select {...props} name="days" defaultValue="90">
            {LIFETIMES.map(([days, label]) => (
              <option key={label} value={days}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Opens" error={workspace_id}>
        {(props) => (
          <Select {...props} name="workspace_id" defaultValue="">
            <option value="">All my workspaces</option>
            {me?.memberships.map(({ workspace_id: id, name: title }) => (
              <option key={id} value={id}>
                Only {title}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </EntranceForm>
  );
}

function Made({ made, onDone }: { made: NewApiKey; onDone: () => void }) {
  return (
    <div className="flex flex-col gap-4">
      <p role="status" className="text-sm">
        “{made.name}” is made. Copy the key now: it is not kept, and never shown again.
      </p>
      <ShownOnce label="API key" value={made.key} />
      <ShownOnce label="Try it in a terminal" value={curlLine(location.origin, made.key)} />
      <ShownOnce label="For programs that speak to OpenAI" value={`${location.origin}/v1`} hint="Their base URL." />
      <DialogActions>
        <Button look="strong" onClick={onDone} autoFocus>
          Done
        </Button>
      </DialogActions>
    </div>
  );
}
