import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { fieldErrorsOf } from "@/api/failure";
import type { Me } from "@/api/types";
import { ChangePassword } from "@/features/auth/change-password";
import { EntranceForm } from "@/features/auth/entrance";
import { NameField } from "@/features/auth/fields";
import { meOptions } from "@/features/auth/me";
import { Button } from "@/ui/button";
import { Field, Select } from "@/ui/field";
import { useSaveMe } from "./changes";

/** How others see this person, where a new login begins, and the password. */
export function Account() {
  const { data: me } = useQuery(meOptions);
  const [isChanging, setChanging] = useState(false);
  if (!me) return null;
  return (
    <section aria-labelledby="account" className="flex flex-col gap-1">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 id="account" className="font-semibold text-lg">
          Your account
        </h2>
        <Button onClick={() => setChanging(true)}>
          <KeyRound size={16} aria-hidden />
          Change password
        </Button>
      </div>
      <p className="break-words text-soft text-sm">
        {me.email}, {me.role === "admin" ? "an admin" : "a member"} of this server
      </p>
      <AccountForm me={me} />
      <ChangePassword open={isChanging} onOpenChange={setChanging} email={me.email} />
    </section>
  );
}

function AccountForm({ me }: { me: Me }) {
  const saving = useSaveMe();
  const { name, default_workspace_id } = fieldErrorsOf(saving.error);
  return (
    <div className="max-w-md">
      <EntranceForm verb="Save" busy={saving.isPending} error={saving.error} onSend={saving.mutate}>
        <NameField error={name} defaultValue={me.name} />
        <Field
          label="Default workspace"
          hint="Where a new login and keys for all workspaces begin."
          error={default_workspace_id}
        >
          {(props) => (
            <Select {...props} name="default_workspace_id" defaultValue={me.default_workspace_id ?? ""}>
              <option value="">The one that you joined first</option>
              {me.memberships.map(({ workspace_id, name: title }) => (
                <option key={workspace_id} value={workspace_id}>
                  {title}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </EntranceForm>
    </div>
  );
}
