import { useQuery } from "@tanstack/react-query";
import { Ban, MailPlus } from "lucide-react";
import { useState } from "react";
import { Badge, type Tone } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { Failed } from "@/ui/notice";
import { RelativeTime } from "@/ui/relative-time";
import { SkeletonList } from "@/ui/skeleton";
import { useRevoke } from "./changes";
import { Invite } from "./invite-dialog";
import { type Invitation, invitationsOptions, membersOptions, type Workspace } from "./queries";
import { ROLES } from "./roles";

/** The links by which people come into the workspace, for those who manage it. */
export function Invitations({ workspace }: { workspace: Workspace }) {
  const [isInviting, setInviting] = useState(false);
  return (
    <section aria-labelledby="invitations" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 id="invitations" className="font-semibold">
          Invitations
        </h3>
        <Button onClick={() => setInviting(true)}>
          <MailPlus size={16} aria-hidden />
          Invite somebody
        </Button>
      </div>
      <Rows workspace={workspace} />
      <Invite workspace={workspace} open={isInviting} onOpenChange={setInviting} />
    </section>
  );
}

function Rows({ workspace }: { workspace: Workspace }) {
  const { data: members } = useQuery(membersOptions(workspace.id));
  const { data: invitations, error, refetch } = useQuery(invitationsOptions(workspace.id));
  if (!invitations && error)
    return <Failed what="The invitations could not be read" error={error} onRetry={() => void refetch()} />;
  if (!invitations) return <SkeletonList rows={1} className="h-14" />;
  if (invitations.length === 0) return <p className="text-soft text-sm">Nobody has been invited yet.</p>;
  const nameOf = (id: string | null) => members?.find(({ user_id }) => user_id === id)?.name;
  return (
    <ul aria-label="Invitations" className="divide-y divide-line rounded-xl border border-line bg-raised">
      {invitations.map((invitation) => (
        <InvitationRow
          key={invitation.id}
          invitation={invitation}
          workspaceId={workspace.id}
          by={nameOf(invitation.created_by)}
        />
      ))}
    </ul>
  );
}

const TONES: Readonly<Record<Invitation["status"], Tone>> = {
  open: "accent",
  accepted: "good",
  revoked: "neutral",
  expired: "neutral",
};

interface InvitationRowProps {
  invitation: Invitation;
  workspaceId: string;
  by: string | undefined;
}

function InvitationRow({ invitation, workspaceId, by }: InvitationRowProps) {
  const { id, role, email, status, created_at, expires_at } = invitation;
  const revoking = useRevoke(workspaceId);
  const whom = email ?? "whoever has the link";
  return (
    <li className="flex items-center gap-3 p-3 sm:px-4">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          <span className="min-w-0 break-words">
            {ROLES[role].label}, for {whom}
          </span>
          <Badge tone={TONES[status]}>{status}</Badge>
        </p>
        <p className="text-soft text-xs">
          Made <RelativeTime at={created_at} />
          {by && ` by ${by}`}
          {status === "open" && `, good until ${new Date(expires_at).toLocaleString()}`}
        </p>
      </div>
      {status === "open" && (
        <IconButton
          label={`Revoke the invitation for ${whom}`}
          busy={revoking.isPending}
          onClick={() => revoking.mutate(id)}
        >
          <Ban size={16} aria-hidden />
        </IconButton>
      )}
    </li>
  );
}
