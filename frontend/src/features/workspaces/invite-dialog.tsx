import { useState } from "react";
import { fieldErrorsOf } from "@/api/failure";
import { EntranceForm } from "@/features/auth/entrance";
import { EmailField } from "@/features/auth/fields";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input, Select } from "@/ui/field";
import { ShownOnce } from "@/ui/shown-once";
import { useInvite } from "./changes";
import type { NewInvitation, Workspace } from "./queries";
import { givenBy, ROLES } from "./roles";

interface InviteProps {
  workspace: Workspace;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function Invite({ workspace, open, onOpenChange }: InviteProps) {
  const told = "You get a link. Send it to somebody, who joins with it or makes an account.";
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={`Invite to “${workspace.name}”`} description={told}>
      <InviteSteps workspace={workspace} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function InviteSteps({ workspace, onDone }: { workspace: Workspace; onDone: () => void }) {
  const [made, setMade] = useState<NewInvitation | null>(null);
  return made ? <Link made={made} onDone={onDone} /> : <InviteForm workspace={workspace} onMade={setMade} />;
}

function InviteForm({ workspace, onMade }: { workspace: Workspace; onMade: (made: NewInvitation) => void }) {
  const inviting = useInvite(workspace.id, onMade);
  const { role, email, expires_in_days } = fieldErrorsOf(inviting.error);
  return (
    <EntranceForm verb="Make the link" busy={inviting.isPending} error={inviting.error} onSend={inviting.mutate}>
      <Field label="Role" error={role}>
        {(props) => (
          <Select {...props} name="role" defaultValue="member" autoFocus>
            {givenBy(workspace.role).map((one) => (
              <option key={one} value={one}>
                {ROLES[one].label}: {ROLES[one].told}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <EmailField
        error={email}
        required={false}
        autoComplete="off"
        hint="Only this account can use the link. Empty: whoever has it."
      />
      <Field label="Good for how many days" error={expires_in_days}>
        {(props) => (
          <Input {...props} name="expires_in_days" type="number" min={1} max={30} defaultValue={7} required />
        )}
      </Field>
    </EntranceForm>
  );
}

function Link({ made, onDone }: { made: NewInvitation; onDone: () => void }) {
  const until = new Date(made.expires_at).toLocaleString();
  return (
    <div className="flex flex-col gap-4">
      <p role="status" className="text-sm">
        The link is made. Copy it now: it is shown only here, works once, and until {until}.
      </p>
      <ShownOnce label="Link of the invitation" value={location.origin + made.path} />
      <DialogActions>
        <Button look="strong" onClick={onDone} autoFocus>
          Done
        </Button>
      </DialogActions>
    </div>
  );
}
