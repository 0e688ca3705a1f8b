import { useMutation, useQuery } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useState } from "react";
import { signOutEverywhere } from "@/features/auth/sign-out";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { focusBeside } from "@/ui/focus-beside";
import { Failed } from "@/ui/notice";
import { RelativeTime } from "@/ui/relative-time";
import { SkeletonList } from "@/ui/skeleton";
import { useEndLogin } from "./changes";
import { type Login, loginsOptions } from "./queries";
import { browserOf } from "./scopes";

/** The browsers that are signed in with one's account. */
export function Logins() {
  return (
    <section aria-labelledby="logins" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 id="logins" className="font-semibold text-lg">
          Where you are signed in
        </h2>
        <EndAll />
      </div>
      <Rows />
    </section>
  );
}

function Rows() {
  const { data: logins, error, refetch } = useQuery(loginsOptions);
  if (!logins && error)
    return <Failed what="Your logins could not be read" error={error} onRetry={() => void refetch()} />;
  if (!logins) return <SkeletonList rows={2} className="h-14" />;
  return (
    <ul aria-label="Logins" className="divide-y divide-line rounded-xl border border-line bg-raised">
      {logins.map((login) => (
        <LoginRow key={login.id} login={login} />
      ))}
    </ul>
  );
}

function LoginRow({ login }: { login: Login }) {
  const { user_agent, peer, created_at, last_used_at, current } = login;
  const ending = useEndLogin(login);
  const name = browserOf(user_agent);
  return (
    <li className="flex items-center gap-3 p-3 sm:px-4">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-sm" title={user_agent ?? ""}>
          <span className="min-w-0 break-words font-medium">{name}</span>
          {current && <Badge tone="accent">This browser</Badge>}
        </p>
        <p className="text-soft text-xs">
          {peer && `From ${peer}, `}signed in <RelativeTime at={created_at} />, last seen{" "}
          <RelativeTime at={last_used_at} />
        </p>
      </div>
      {!current && (
        <Button
          busy={ending.isPending}
          onClick={({ currentTarget }) => ending.mutate(undefined, { onSuccess: () => focusBeside(currentTarget) })}
          aria-label={`Sign out ${name}`}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}

function EndAll() {
  const [isAsking, setAsking] = useState(false);
  const ending = useMutation({ mutationFn: signOutEverywhere });
  return (
    <>
      <Button onClick={() => setAsking(true)}>
        <LogOut size={16} aria-hidden />
        Sign out everywhere
      </Button>
      <Confirm
        open={isAsking}
        onOpenChange={(open) => {
          ending.reset();
          setAsking(open);
        }}
        title="Sign out everywhere?"
        sentence="Every browser that is signed in with your account has to sign in again, this one too. API keys stay."
        verb="Sign out everywhere"
        busy={ending.isPending}
        error={ending.error}
        onConfirm={() => ending.mutate()}
      />
    </>
  );
}
