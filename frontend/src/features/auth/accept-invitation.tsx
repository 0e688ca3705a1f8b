import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { chooseWorkspace, isSignedIn, keepSignedIn, startOver, useAccess } from "@/api/access";
import { api, read } from "@/api/client";
import { ApiFailure, fieldErrorsOf, messageOf } from "@/api/failure";
import type { components } from "@/api/schema";
import { Button } from "@/ui/button";
import { SkeletonList } from "@/ui/skeleton";
import { type Answers, Entrance, EntranceForm, Trouble } from "./entrance";
import { EmailField, NameField, PasswordField } from "./fields";
import { useLinkToken } from "./link-token";
import { meOptions } from "./me";
import { signIn } from "./sign-in";
import { signOut } from "./sign-out";

type Invitation = components["schemas"]["InvitationShown"];
type Joined = components["schemas"]["Accepted"];

/** The token travels in the body: addresses are logged on their way, bodies are not. */
const invitationOptions = (token: string) =>
  queryOptions({
    queryKey: ["invitation", token],
    queryFn: ({ signal }) => read(api.POST("/api/invitations/look-up", { body: { token }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Where a link of an invitation leads: to a workspace, with the account that is signed in, another one or a new one. */
export function AcceptInvitation() {
  const token = useLinkToken();
  const mode = useAccess((now) => now.mode);
  if (mode === "local") {
    const told = "This server runs in local mode: nobody signs in, and so nobody can be invited.";
    return <Entrance title="This link does not work" told={told} />;
  }
  if (token !== null) return <Invited token={token} />;
  const told = "This address has no token: open the whole link that you were given.";
  return <Entrance title="Something is missing" told={told} />;
}

function Invited({ token }: { token: string }) {
  const { data: invitation, error, refetch, isFetching } = useQuery(invitationOptions(token));
  const [joined, setJoined] = useState<Joined | null>(null);
  const [cameSignedIn] = useState(() => isSignedIn(useAccess.getState()));
  if (joined) return <Welcome joined={joined} />;
  if (error) {
    return (
      <Entrance title="This link does not work" told={messageOf(error)}>
        {!isGone(error) && (
          <Button busy={isFetching} onClick={() => void refetch()} className="mt-5">
            Try again
          </Button>
        )}
      </Entrance>
    );
  }
  if (!invitation) return <Entrance title="You are invited" told={<SkeletonList rows={2} className="h-6" />} />;
  const until = new Date(invitation.expires_at).toLocaleString();
  const told = `Join the workspace “${invitation.workspace_name}” as ${invitation.role}, until ${until}.`;
  const Form = cameSignedIn ? JoinSignedIn : JoinAsSomebody;
  return (
    <Entrance title="You are invited" told={told}>
      <Form token={token} invitation={invitation} onJoined={setJoined} />
    </Entrance>
  );
}

const isGone = (failure: unknown) => failure instanceof ApiFailure && failure.status === 404;

function Welcome({ joined }: { joined: Joined }) {
  const enter = () => {
    chooseWorkspace(joined.workspace_id);
    void startOver("/");
  };
  return (
    <Entrance title="Welcome" told={`You have joined “${joined.workspace_name}” as ${joined.role}.`}>
      <Button look="strong" onClick={enter} className="mt-5" autoFocus>
        Go to the workspace
      </Button>
    </Entrance>
  );
}

interface JoinProps {
  token: string;
  invitation: Invitation;
  onJoined: (joined: Joined) => void;
}

const accept = (token: string) => read(api.POST("/api/invitations/accept", { body: { token } }));

function JoinSignedIn({ token, onJoined }: JoinProps) {
  const { data: me } = useQuery(meOptions);
  const joining = useMutation({ mutationFn: () => accept(token), onSuccess: onJoined });
  const leaving = useMutation({ mutationFn: () => signOut(`/invite#token=${token}`) });
  return (
    <div className="mt-5 flex flex-col gap-3">
      <p className="text-sm">
        You are signed in
        {me && (
          <>
            {" "}
            as {me.name || me.email}, {me.email}
          </>
        )}
        .
      </p>
      <Trouble error={joining.error ?? leaving.error} />
      <Button look="strong" busy={joining.isPending} onClick={() => joining.mutate()} className="min-h-11">
        Join
      </Button>
      <Button busy={leaving.isPending} onClick={() => leaving.mutate()}>
        Sign out and use another account
      </Button>
      <Link to="/" className="self-start py-1 text-accent text-sm underline">
        Go on without joining
      </Link>
    </div>
  );
}

async function signInAndJoin(token: string, answers: Answers): Promise<Joined> {
  await signIn(answers, `/invite#token=${token}`);
  return accept(token);
}

async function makeAccountAndJoin(token: string, { email = "", name = "", password = "" }: Answers): Promise<Joined> {
  const joined = await read(api.POST("/api/invitations/accept", { body: { token, email, name, password } }));
  if (joined.login) await keepSignedIn(joined.login);
  return joined;
}

function JoinAsSomebody({ token, invitation, onJoined }: JoinProps) {
  const [hasAccount, setHasAccount] = useState(false);
  const joining = useMutation({
    mutationFn: (answers: Answers) => (hasAccount ? signInAndJoin : makeAccountAndJoin)(token, answers),
    onSuccess: onJoined,
    onError: (failure) => {
      if (failure instanceof ApiFailure && failure.code === "SIGN_IN_FIRST") setHasAccount(true);
    },
  });
  const { email, name, password } = fieldErrorsOf(joining.error);
  const change = () => {
    joining.reset();
    setHasAccount(!hasAccount);
  };
  return (
    <>
      <EntranceForm
        verb={hasAccount ? "Sign in and join" : "Make an account and join"}
        busy={joining.isPending}
        error={joining.error}
        onSend={joining.mutate}
      >
        <EmailField error={email} defaultValue={invitation.email ?? ""} readOnly={invitation.email !== null} />
        {!hasAccount && <NameField error={name} />}
        <PasswordField key={String(hasAccount)} error={password} isNew={!hasAccount} />
      </EntranceForm>
      <Button look="quiet" onClick={change} className="mt-3 text-accent">
        {hasAccount ? "I have no account yet" : "I have an account already"}
      </Button>
    </>
  );
}
