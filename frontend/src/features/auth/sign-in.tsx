import { useMutation } from "@tanstack/react-query";
import { Navigate, useLocation } from "react-router";
import { isSignedIn, keepSignedIn, openAccess, useAccess } from "@/api/access";
import { api, read } from "@/api/client";
import { fieldErrorsOf } from "@/api/failure";
import { Button } from "@/ui/button";
import { type Answers, Entrance, EntranceForm, Trouble } from "./entrance";
import { EmailField, PasswordField } from "./fields";
import { wantedPath } from "./wanted-path";

/** Asks for e-mail and password, and leads back to where one wanted to go. */
export function SignIn() {
  const isIn = useAccess(isSignedIn);
  const isSetupNeeded = useAccess(({ setupNeeded }) => setupNeeded);
  const { state } = useLocation();
  if (isIn) return <Navigate to={wantedPath(state)} replace />;
  return isSetupNeeded ? <SetupNeeded /> : <SignInForm />;
}

export async function signIn(answers: Answers, forNewcomer?: string): Promise<void> {
  const { email = "", password = "" } = answers;
  await keepSignedIn(await read(api.POST("/api/auth/login", { body: { email, password } })), forNewcomer);
}

function SignInForm() {
  const login = useMutation({ mutationFn: (answers: Answers) => signIn(answers) });
  const { email, password } = fieldErrorsOf(login.error);
  return (
    <Entrance title="Sign in" told="With the account that you have on this server.">
      <EntranceForm verb="Sign in" busy={login.isPending} error={login.error} onSend={login.mutate}>
        <EmailField error={email} autoFocus />
        <PasswordField error={password} />
      </EntranceForm>
      <p className="mt-5 text-soft text-xs">
        No account? Accounts are made by invitation: ask an admin of your workspace for a link. Whoever has lost the
        password asks an admin of the server for a new one.
      </p>
    </Entrance>
  );
}

function SetupNeeded() {
  const again = useMutation({ mutationFn: openAccess });
  return (
    <Entrance title="Set up the first admin" told="Nobody has an account on this server yet.">
      <p className="mt-3 text-sm">
        When it started, the server printed an address that begins with “Set up the first admin:”. Open that address in
        this browser. It stands in the terminal or the log of <code>spoonfeeder up</code>, or of the container:{" "}
        <code>docker compose logs</code>.
      </p>
      <Trouble error={again.error} />
      <Button busy={again.isPending} onClick={() => again.mutate()} className="mt-5">
        I have done that: look again
      </Button>
    </Entrance>
  );
}
