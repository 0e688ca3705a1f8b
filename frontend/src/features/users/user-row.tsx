import { Ellipsis, KeyRound, LogOut, Pencil, UserCheck, UserX } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/ui/badge";
import { IconButton } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Menu, type MenuItem } from "@/ui/menu";
import { RelativeTime } from "@/ui/relative-time";
import { useActivate, useDeactivate, useEndLogins } from "./changes";
import type { User } from "./queries";
import { EditUser, SetPassword } from "./user-dialog";

type Opened = "edit" | "password" | "logins" | "deactivate" | null;

export function UserRow({ user, isMe }: { user: User; isMe: boolean }) {
  const [opened, setOpened] = useState<Opened>(null);
  const close = (open: boolean) => !open && setOpened(null);
  return (
    <li className="flex items-start gap-3 p-3 sm:px-4">
      <div className="grid min-w-0 flex-1 gap-x-6 gap-y-1 sm:grid-cols-[minmax(0,1fr)_9rem_11rem] sm:items-center">
        <div className="min-w-0">
          <h2 className="break-words font-medium">
            {user.name}
            {isMe && <span className="font-normal text-soft"> (you)</span>}
          </h2>
          <p className="break-words text-soft text-sm">{user.email}</p>
        </div>
        <Badges user={user} />
        <p className="text-soft text-sm">
          {user.last_login_at ? (
            <>
              Signed in <RelativeTime at={user.last_login_at} />
            </>
          ) : (
            "Never signed in"
          )}
        </p>
      </div>
      <UserMenu user={user} onOpen={setOpened} />
      <EditUser user={user} open={opened === "edit"} onOpenChange={close} />
      <SetPassword user={user} open={opened === "password"} onOpenChange={close} />
      <EndLogins user={user} open={opened === "logins"} onOpenChange={close} />
      <Deactivate user={user} open={opened === "deactivate"} onOpenChange={close} />
    </li>
  );
}

function Badges({ user: { role, active, has_password } }: { user: User }) {
  return (
    <p className="flex flex-wrap gap-1">
      <Badge tone={role === "admin" ? "accent" : "neutral"}>{role === "admin" ? "Admin" : "Member"}</Badge>
      {!active && <Badge tone="bad">Deactivated</Badge>}
      {active && !has_password && <Badge tone="warn">No password</Badge>}
    </p>
  );
}

function UserMenu({ user, onOpen }: { user: User; onOpen: (opened: Opened) => void }) {
  const activating = useActivate(user);
  const ofAccess: MenuItem = user.active
    ? { label: "Deactivate", icon: <UserX size={16} aria-hidden />, onSelect: () => onOpen("deactivate"), danger: true }
    : { label: "Activate", icon: <UserCheck size={16} aria-hidden />, onSelect: () => activating.mutate() };
  const items: MenuItem[] = [
    { label: "Edit", icon: <Pencil size={16} aria-hidden />, onSelect: () => onOpen("edit") },
    { label: "Set password", icon: <KeyRound size={16} aria-hidden />, onSelect: () => onOpen("password") },
    { label: "End logins", icon: <LogOut size={16} aria-hidden />, onSelect: () => onOpen("logins") },
    ofAccess,
  ];
  const trigger = (
    <IconButton label={`More for ${user.name}`}>
      <Ellipsis size={16} aria-hidden />
    </IconButton>
  );
  return <Menu trigger={trigger} items={items} />;
}

interface AskProps {
  user: User;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

function EndLogins({ user, open, onOpenChange }: AskProps) {
  const ending = useEndLogins(user, () => onOpenChange(false));
  return (
    <Confirm
      open={open}
      onOpenChange={(next) => {
        ending.reset();
        onOpenChange(next);
      }}
      title={`Sign ${user.name} out everywhere?`}
      sentence="Every browser that is signed in with this account has to sign in again. API keys stay."
      verb="End logins"
      busy={ending.isPending}
      error={ending.error}
      onConfirm={() => ending.mutate()}
    />
  );
}

function Deactivate({ user, open, onOpenChange }: AskProps) {
  const going = useDeactivate(user, () => onOpenChange(false));
  return (
    <Confirm
      open={open}
      onOpenChange={(next) => {
        going.reset();
        onOpenChange(next);
      }}
      title={`Deactivate ${user.name}?`}
      sentence="They cannot sign in any more, and their API keys and open invitations end for good. What they made stays, and you can activate them again."
      verb="Deactivate"
      busy={going.isPending}
      error={going.error}
      onConfirm={() => going.mutate()}
    />
  );
}
