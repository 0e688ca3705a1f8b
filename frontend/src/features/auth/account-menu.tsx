import { useMutation, useQuery } from "@tanstack/react-query";
import { Check, CircleUser, KeyRound, LogOut } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useEffect, useState } from "react";
import { chooseWorkspace, startOver, useAccess } from "@/api/access";
import { messageOf } from "@/api/failure";
import type { Me } from "@/api/types";
import { IconButton } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { MENU_ROW, Menu, type MenuItem } from "@/ui/menu";
import { toast } from "@/ui/toast";
import { ChangePassword } from "./change-password";
import { meOptions } from "./me";
import { signOut, signOutEverywhere } from "./sign-out";

/** Who is signed in, in which workspace, and the way out; nothing in local mode, which knows one person only. */
export function AccountMenu() {
  return useAccess(({ mode }) => mode) === "required" ? <SignedInMenu /> : null;
}

/** Roles and memberships change without an event. */
const RIGHTS_MS = 60_000;

type Opened = "password" | "everywhere" | null;

function SignedInMenu() {
  const { data: me } = useQuery({ ...meOptions, refetchInterval: RIGHTS_MS });
  const [opened, setOpened] = useState<Opened>(null);
  const leaving = useLeaving(signOut);
  const leavingEverywhere = useLeaving(signOutEverywhere);
  useLostWorkspace(me);
  const setOpen = (open: boolean) => !open && setOpened(null);
  const leave = <LogOut size={16} aria-hidden />;
  const items: MenuItem[] = [
    { label: "Change password", icon: <KeyRound size={16} aria-hidden />, onSelect: () => setOpened("password") },
    { label: "Sign out", icon: leave, onSelect: leaving.mutate },
    { label: "Sign out everywhere", icon: leave, onSelect: () => setOpened("everywhere") },
  ];
  const trigger = (
    <IconButton label="Account">
      <CircleUser size={18} aria-hidden />
    </IconButton>
  );
  return (
    <>
      <Menu trigger={trigger} items={items} head={me && <WhoAndWhere me={me} />} />
      <ChangePassword open={opened === "password"} onOpenChange={setOpen} email={me?.email ?? ""} />
      <Confirm
        open={opened === "everywhere"}
        onOpenChange={setOpen}
        title="Sign out everywhere?"
        sentence="Every browser that is signed in with your account has to sign in again. API keys stay."
        verb="Sign out everywhere"
        busy={leavingEverywhere.isPending}
        onConfirm={() => leavingEverywhere.mutate()}
      />
    </>
  );
}

function WhoAndWhere({ me }: { me: Me }) {
  return (
    <>
      <DropdownMenu.Label className="w-64 max-w-full break-words px-3 py-2">
        <span className="block font-semibold">{me.name}</span>
        <span className="block text-soft text-xs">{me.email}</span>
      </DropdownMenu.Label>
      <DropdownMenu.Separator className="my-1 h-px bg-line" />
      <Workspaces me={me} />
    </>
  );
}

/** Everything on the page belongs to one workspace, so going to another one begins with a fresh page. */
function enterWorkspace(workspaceId: string): void {
  chooseWorkspace(workspaceId);
  void startOver("/");
}

function Workspaces({ me }: { me: Me }) {
  if (me.memberships.length === 0) return null;
  return (
    <>
      <DropdownMenu.Label className="px-3 py-1 text-soft text-xs">Workspace</DropdownMenu.Label>
      <DropdownMenu.RadioGroup value={me.workspace_id ?? ""} onValueChange={enterWorkspace} aria-label="Workspace">
        {me.memberships.map(({ workspace_id, name, role }) => (
          <DropdownMenu.RadioItem key={workspace_id} value={workspace_id} className={MENU_ROW}>
            <span className="w-4">
              <DropdownMenu.ItemIndicator>
                <Check size={16} aria-hidden />
              </DropdownMenu.ItemIndicator>
            </span>
            <span className="min-w-0 flex-1 truncate">{name}</span>
            <span className="text-soft text-xs">{role}</span>
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
      <DropdownMenu.Separator className="my-1 h-px bg-line" />
    </>
  );
}

function useLeaving(leave: () => Promise<void>) {
  return useMutation({
    mutationFn: () => leave(),
    onError: (failure) => toast({ kind: "error", message: `You are still signed in. ${messageOf(failure)}` }),
  });
}

/** A workspace that one has been removed from since it was chosen is left; the server then gives another one. */
function useLostWorkspace(me: Me | undefined): void {
  const isLost = useAccess(({ workspaceId }) => workspaceId !== null) && me !== undefined && me.workspace_id === null;
  useEffect(() => {
    if (!isLost) return;
    chooseWorkspace(null);
    void startOver("/");
  }, [isLost]);
}
