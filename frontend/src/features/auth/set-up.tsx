import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";
import { keepSignedIn, useAccess } from "@/api/access";
import { api, read } from "@/api/client";
import { fieldErrorsOf } from "@/api/failure";
import { toast } from "@/ui/toast";
import { type Answers, Entrance, EntranceForm } from "./entrance";
import { EmailField, NameField, PasswordField } from "./fields";
import { useLinkToken } from "./link-token";

/** Makes the first admin, for whoever holds the address that the server has printed. */
export function SetUp() {
  const token = useLinkToken();
  const mode = useAccess((now) => now.mode);
  const isNeeded = useAccess((now) => now.setupNeeded);
  if (mode === "local") return <NotNeeded told="This server runs in local mode: nobody has to sign in." />;
  if (!isNeeded) return <NotNeeded told="This server has its first admin already." />;
  if (token !== null) return <SetUpForm token={token} />;
  const told = "This address has no token: open the whole address that the server printed at its start.";
  return <Entrance title="Something is missing" told={told} />;
}

function NotNeeded({ told }: { told: string }) {
  return (
    <Entrance title="Nothing to set up" told={told}>
      <p className="mt-4">
        <Link to="/" className="text-accent underline">
          Go on to the start page
        </Link>
      </p>
    </Entrance>
  );
}

async function setUp(token: string, { email = "", name = "", password = "" }: Answers): Promise<void> {
  await keepSignedIn(await read(api.POST("/api/auth/setup", { body: { token, email, name, password } })));
}

function SetUpForm({ token }: { token: string }) {
  const navigate = useNavigate();
  const making = useMutation({
    mutationFn: (answers: Answers) => setUp(token, answers),
    onSuccess: (_, { email }) => {
      toast({ kind: "info", message: `You are the admin of this server and signed in as ${email}.` });
      navigate("/", { replace: true });
    },
  });
  const { email, name, password } = fieldErrorsOf(making.error);
  return (
    <Entrance title="Set up the first admin" told="Whoever does this decides who else may use the server.">
      <EntranceForm verb="Make me the admin" busy={making.isPending} error={making.error} onSend={making.mutate}>
        <EmailField error={email} autoFocus />
        <NameField error={name} />
        <PasswordField error={password} isNew />
      </EntranceForm>
    </Entrance>
  );
}
