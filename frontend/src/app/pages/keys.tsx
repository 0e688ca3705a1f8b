import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { meOptions } from "@/features/auth/me";
import { Account } from "@/features/keys/account";
import { KeyList } from "@/features/keys/key-list";
import { Logins } from "@/features/keys/logins";
import { NewKey } from "@/features/keys/new-key";
import { curlLine } from "@/features/keys/scopes";
import { Button } from "@/ui/button";
import { Failed } from "@/ui/notice";
import { Page } from "@/ui/page";
import { ShownOnce } from "@/ui/shown-once";
import { SkeletonList } from "@/ui/skeleton";

/** How programs come in, and this person's own account. */
export default function KeysPage() {
  const { data: me, error, refetch } = useQuery(meOptions);
  const [isCreating, setCreating] = useState(false);
  const isSigned = me?.mode === "required";
  const create = (
    <Button look="strong" onClick={() => setCreating(true)}>
      <Plus size={16} aria-hidden />
      New key
    </Button>
  );
  return (
    <Page title="API keys" {...(isSigned ? { actions: create } : {})}>
      {!me && error && <Failed what="Who you are could not be read" error={error} onRetry={() => void refetch()} />}
      {!me && !error && <SkeletonList rows={3} className="h-16" />}
      {me?.mode === "local" && <NotNeeded />}
      {isSigned && (
        <div className="flex flex-col gap-8">
          <KeyList />
          <Logins />
          <Account />
          <NewKey open={isCreating} onOpenChange={setCreating} />
        </div>
      )}
    </Page>
  );
}

function NotNeeded() {
  return (
    <div className="flex max-w-xl flex-col gap-4">
      <p>This server runs in local mode: whoever reaches it may do everything, so programs need no key.</p>
      <ShownOnce label="Try it in a terminal" value={curlLine(location.origin, null)} />
      <ShownOnce
        label="For programs that speak to OpenAI"
        value={`${location.origin}/v1`}
        hint="Their base URL; as a key they may send anything."
      />
    </div>
  );
}
