import { useMutation } from "@tanstack/react-query";
import { keepSignedIn } from "@/api/access";
import { api, read } from "@/api/client";
import { ApiFailure, fieldErrorsOf } from "@/api/failure";
import { Dialog } from "@/ui/dialog";
import { toast } from "@/ui/toast";
import { type Answers, EntranceForm } from "./entrance";
import { PasswordField } from "./fields";

interface ChangePasswordProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  email: string;
}

export function ChangePassword({ open, onOpenChange, email }: ChangePasswordProps) {
  const told = "All other browsers that are signed in with your account will have to sign in again.";
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Change password" description={told}>
      <ChangePasswordForm email={email} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

async function changePassword({ current_password = "", new_password = "" }: Answers): Promise<void> {
  const asked = read(api.POST("/api/auth/password", { body: { current_password, new_password } }));
  await keepSignedIn(await asked.catch(atPresentPassword));
}

/** A refusal is about the present password, which the server says without naming a field. */
function atPresentPassword(failure: unknown): never {
  if (!(failure instanceof ApiFailure) || failure.status !== 403) throw failure;
  const { status, code, message } = failure;
  throw new ApiFailure(status, { code, error: message, details: [{ loc: "current_password", message }] });
}

function ChangePasswordForm({ email, onDone }: { email: string; onDone: () => void }) {
  const changing = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      toast({ kind: "info", message: "Your password is changed." });
      onDone();
    },
  });
  const fields = fieldErrorsOf(changing.error);
  return (
    <EntranceForm verb="Change password" busy={changing.isPending} error={changing.error} onSend={changing.mutate}>
      {/* Tells a password manager whose password changes. */}
      <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
      <PasswordField label="Present password" name="current_password" autoFocus error={fields.current_password} />
      <PasswordField label="New password" name="new_password" error={fields.new_password} isNew />
    </EntranceForm>
  );
}
