import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fieldErrorsOf } from "@/api/failure";
import { EntranceForm } from "@/features/auth/entrance";
import { EmailField, NameField, PasswordField } from "@/features/auth/fields";
import { meOptions } from "@/features/auth/me";
import { may } from "@/features/auth/rights";
import { Dialog } from "@/ui/dialog";
import { Field, Select } from "@/ui/field";
import { useCreate, useEdit, useSetPassword } from "./changes";
import type { User, UserRole } from "./queries";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function NewUser({ open, onOpenChange }: DialogProps) {
  const told = "They can use this server at once. To let people choose their own password, invite them instead.";
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="New user" description={told}>
      <NewUserForm onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function NewUserForm({ onDone }: { onDone: () => void }) {
  const creating = useCreate(onDone);
  const { email, name, password, role } = fieldErrorsOf(creating.error);
  return (
    <EntranceForm verb="Create user" busy={creating.isPending} error={creating.error} onSend={creating.mutate}>
      <EmailField error={email} autoComplete="off" autoFocus />
      <NameField error={name} autoComplete="off" />
      <PasswordField error={password} required={false} isNew />
      <RoleField error={role} defaultValue="member" />
      <WorkspaceFields />
    </EntranceForm>
  );
}

function RoleField({ error, defaultValue }: { error: string | undefined; defaultValue: UserRole }) {
  return (
    <Field label="Role on the server" hint="Admins manage users and see the logs." error={error}>
      {(props) => (
        <Select {...props} name="role" defaultValue={defaultValue}>
          <option value="member">Member</option>
          <option value="admin">Admin</option>
        </Select>
      )}
    </Field>
  );
}

/** Only into a workspace that one manages; owners alone make owners and admins. */
function WorkspaceFields() {
  const { data: me } = useQuery(meOptions);
  const [chosen, setChosen] = useState("");
  const managed = me?.memberships.filter(({ role }) => may({ workspace_role: role }, "manage")) ?? [];
  const isOwned = managed.some(({ workspace_id, role }) => workspace_id === chosen && role === "owner");
  return (
    <>
      <Field label="Workspace">
        {(props) => (
          <Select {...props} name="workspace_id" value={chosen} onChange={(event) => setChosen(event.target.value)}>
            <option value="">A new one of their own</option>
            {managed.map(({ workspace_id, name }) => (
              <option key={workspace_id} value={workspace_id}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {chosen !== "" && (
        <Field label="Role in the workspace">
          {(props) => (
            <Select {...props} name="workspace_role" defaultValue="member">
              <option value="viewer">Viewer: looks only</option>
              <option value="member">Member: makes things</option>
              {isOwned && <option value="admin">Admin: manages profiles and people</option>}
              {isOwned && <option value="owner">Owner: decides about everything</option>}
            </Select>
          )}
        </Field>
      )}
    </>
  );
}

export function EditUser({ user, open, onOpenChange }: DialogProps & { user: User }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={`Edit ${user.name}`}>
      <EditUserForm user={user} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function EditUserForm({ user, onDone }: { user: User; onDone: () => void }) {
  const saving = useEdit(user, onDone);
  const { email, name, role } = fieldErrorsOf(saving.error);
  return (
    <EntranceForm verb="Save" busy={saving.isPending} error={saving.error} onSend={saving.mutate}>
      <NameField error={name} autoComplete="off" defaultValue={user.name} autoFocus />
      <EmailField error={email} autoComplete="off" defaultValue={user.email} />
      <RoleField error={role} defaultValue={user.role} />
    </EntranceForm>
  );
}

export function SetPassword({ user, open, onOpenChange }: DialogProps & { user: User }) {
  const told = "Every browser that is signed in with this account has to sign in again. API keys stay.";
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={`New password for ${user.name}`} description={told}>
      <SetPasswordForm user={user} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function SetPasswordForm({ user, onDone }: { user: User; onDone: () => void }) {
  const setting = useSetPassword(user, onDone);
  const { password } = fieldErrorsOf(setting.error);
  return (
    <EntranceForm verb="Set password" busy={setting.isPending} error={setting.error} onSend={setting.mutate}>
      <input type="email" name="email" autoComplete="username" value={user.email} readOnly hidden />
      <PasswordField label="New password" error={password} isNew autoFocus />
    </EntranceForm>
  );
}
