import { useQuery } from "@tanstack/react-query";
import { UserMinus } from "lucide-react";
import { useState } from "react";
import { meOptions } from "@/features/auth/me";
import { Badge } from "@/ui/badge";
import { IconButton } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Select } from "@/ui/field";
import { Failed } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";
import { useChangeRole, useRemove } from "./changes";
import { type Member, membersOptions, type Workspace, type WorkspaceRole } from "./queries";
import { givenBy, ROLES, roleOf } from "./roles";

/** Who belongs to the workspace, for all its members; who may decide about somebody has the controls for it. */
export function Members({ workspace }: { workspace: Workspace }) {
  return (
    <section aria-labelledby="members" className="flex flex-col gap-2">
      <h3 id="members" className="font-semibold">
        Members
      </h3>
      <Rows workspace={workspace} />
    </section>
  );
}

function Rows({ workspace }: { workspace: Workspace }) {
  const { data: me } = useQuery(meOptions);
  const { data: members, error, refetch } = useQuery(membersOptions(workspace.id));
  if (!members && error)
    return <Failed what="The members could not be read" error={error} onRetry={() => void refetch()} />;
  if (!members) return <SkeletonList rows={2} className="h-14" />;
  return (
    <ul aria-label="Members" className="divide-y divide-line rounded-xl border border-line bg-raised">
      {members.map((member) => (
        <MemberRow key={member.user_id} member={member} workspace={workspace} isMe={member.user_id === me?.id} />
      ))}
    </ul>
  );
}

interface MemberRowProps {
  member: Member;
  workspace: Workspace;
  isMe: boolean;
}

function MemberRow({ member, workspace, isMe }: MemberRowProps) {
  const { name, email, role, active } = member;
  const roles = givenBy(workspace.role);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 p-3 sm:px-4">
      <div className="min-w-0 flex-1 basis-44">
        <p className="break-words font-medium">
          {name}
          {isMe && <span className="font-normal text-soft"> (you)</span>}
        </p>
        <p className="break-words text-soft text-sm">{email}</p>
      </div>
      {!active && <Badge tone="bad">Deactivated</Badge>}
      {roles.includes(role) ? (
        <div className="flex items-center gap-1">
          <RoleSelect member={member} workspaceId={workspace.id} roles={roles} />
          {!isMe && <Remove member={member} workspace={workspace} />}
        </div>
      ) : (
        <span className="text-soft text-sm">{ROLES[role].label}</span>
      )}
    </li>
  );
}

interface RoleSelectProps {
  member: Member;
  workspaceId: string;
  roles: readonly WorkspaceRole[];
}

function RoleSelect({ member, workspaceId, roles }: RoleSelectProps) {
  const changing = useChangeRole(workspaceId, member);
  const [chosen, setChosen] = useState<WorkspaceRole | null>(null);
  return (
    <Select
      aria-label={`Role of ${member.name}`}
      value={chosen ?? member.role}
      aria-busy={changing.isPending || undefined}
      onChange={(event) => {
        const role = roleOf(event.target.value);
        setChosen(role);
        changing.mutate(role, { onSettled: () => setChosen(null) });
      }}
      className="w-auto"
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {ROLES[role].label}
        </option>
      ))}
    </Select>
  );
}

function Remove({ member, workspace }: { member: Member; workspace: Workspace }) {
  const [isAsking, setAsking] = useState(false);
  const removing = useRemove(workspace.id, member, () => setAsking(false));
  return (
    <>
      <IconButton label={`Remove ${member.name}`} onClick={() => setAsking(true)}>
        <UserMinus size={16} aria-hidden />
      </IconButton>
      <Confirm
        open={isAsking}
        onOpenChange={(open) => {
          removing.reset();
          setAsking(open);
        }}
        title={`Remove ${member.name} from “${workspace.name}”?`}
        sentence="They see nothing of it any more. What they made stays; their API keys and open invitations for it end."
        verb="Remove"
        busy={removing.isPending}
        error={removing.error}
        isGone={removing.isSuccess}
        onConfirm={() => removing.mutate()}
      />
    </>
  );
}
