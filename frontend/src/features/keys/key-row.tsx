import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { fieldErrorsOf } from "@/api/failure";
import { EntranceForm } from "@/features/auth/entrance";
import { NameField } from "@/features/auth/fields";
import { Badge } from "@/ui/badge";
import { IconButton } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Dialog } from "@/ui/dialog";
import { RelativeTime } from "@/ui/relative-time";
import { useRename, useRevoke } from "./changes";
import type { ApiKey } from "./queries";
import { widest } from "./scopes";

interface KeyRowProps {
  apiKey: ApiKey;
  /** The only one that it opens. */
  workspace: string | undefined;
}

export function KeyRow({ apiKey, workspace }: KeyRowProps) {
  const { name, scopes, last_four, expires_at, last_used_at, created_at } = apiKey;
  const hasExpired = expires_at !== null && Date.parse(expires_at) < Date.now();
  return (
    <li className="flex items-start gap-3 p-3 sm:px-4">
      <div className="min-w-0 flex-1">
        <h3 className="flex flex-wrap items-center gap-2 font-medium">
          <span className="min-w-0 break-words">{name}</span>
          <Badge>{widest(scopes)?.label}</Badge>
          {workspace && <Badge>only {workspace}</Badge>}
          {hasExpired && <Badge tone="bad">Expired</Badge>}
        </h3>
        <p className="text-soft text-sm">
          <code>sf_…{last_four}</code> · made <RelativeTime at={created_at} /> ·{" "}
          {last_used_at ? (
            <>
              used <RelativeTime at={last_used_at} />
            </>
          ) : (
            "never used"
          )}{" "}
          · {expires_at === null ? "never expires" : `good until ${new Date(expires_at).toLocaleDateString()}`}
        </p>
      </div>
      <div className="flex">
        <Rename apiKey={apiKey} />
        <Revoke apiKey={apiKey} />
      </div>
    </li>
  );
}

function Rename({ apiKey }: { apiKey: ApiKey }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton label={`Rename ${apiKey.name}`} onClick={() => setOpen(true)}>
        <Pencil size={16} aria-hidden />
      </IconButton>
      <Dialog open={open} onOpenChange={setOpen} title={`Rename “${apiKey.name}”`}>
        <RenameForm apiKey={apiKey} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function RenameForm({ apiKey, onDone }: { apiKey: ApiKey; onDone: () => void }) {
  const renaming = useRename(apiKey, onDone);
  const { name } = fieldErrorsOf(renaming.error);
  return (
    <EntranceForm verb="Rename" busy={renaming.isPending} error={renaming.error} onSend={renaming.mutate}>
      <NameField error={name} autoComplete="off" defaultValue={apiKey.name} autoFocus />
    </EntranceForm>
  );
}

function Revoke({ apiKey }: { apiKey: ApiKey }) {
  const [isAsking, setAsking] = useState(false);
  const revoking = useRevoke(apiKey, () => setAsking(false));
  return (
    <>
      <IconButton label={`Revoke ${apiKey.name}`} onClick={() => setAsking(true)}>
        <Trash2 size={16} aria-hidden />
      </IconButton>
      <Confirm
        open={isAsking}
        onOpenChange={(open) => {
          revoking.reset();
          setAsking(open);
        }}
        title={`Revoke “${apiKey.name}”?`}
        sentence="Programs that use it are refused from then on. This cannot be undone."
        verb="Revoke"
        busy={revoking.isPending}
        error={revoking.error}
        isGone={revoking.isSuccess}
        onConfirm={() => revoking.mutate()}
      />
    </>
  );
}
