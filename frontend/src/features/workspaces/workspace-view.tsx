import { ArrowRightLeft, DoorOpen, Pencil, Trash2 } from "lucide-react";
import { type ComponentType, useState } from "react";
import { chooseWorkspace, startOver } from "@/api/access";
import { may } from "@/features/auth/rights";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { useDelete, useLeave } from "./changes";
import { Invitations } from "./invitations";
import { Members } from "./members";
import { RenameWorkspace } from "./name-dialog";
import type { Workspace } from "./queries";
import { ROLES } from "./roles";

interface WorkspaceViewProps {
  workspace: Workspace;
  /** It is the one that all pages show now. */
  isPresent: boolean;
}

type Opened = "rename" | "leave" | "delete" | null;

export function WorkspaceView({ workspace, isPresent }: WorkspaceViewProps) {
  const [opened, setOpened] = useState<Opened>(null);
  const isManaged = may({ workspace_role: workspace.role }, "manage");
  const enter = () => {
    chooseWorkspace(workspace.id);
    void startOver("/");
  };
  const close = (open: boolean) => !open && setOpened(null);
  return (
    <div className="flex min-w-0 flex-col gap-6">
      <header className="flex flex-col gap-2">
        <h2 className="break-words font-semibold text-lg">{workspace.name}</h2>
        <p className="text-soft text-sm">
          You are its {ROLES[workspace.role].label.toLowerCase()}
          {isPresent && ", and all pages show what is in it"}.
        </p>
        <div className="flex flex-wrap gap-2">
          {!isPresent && <Act Icon={ArrowRightLeft} verb="Switch to it" onClick={enter} />}
          {isManaged && <Act Icon={Pencil} verb="Rename" onClick={() => setOpened("rename")} />}
          <Act Icon={DoorOpen} verb="Leave" onClick={() => setOpened("leave")} />
          {workspace.role === "owner" && <Act Icon={Trash2} verb="Delete" onClick={() => setOpened("delete")} />}
        </div>
      </header>
      <Members workspace={workspace} />
      {isManaged && <Invitations workspace={workspace} />}
      <RenameWorkspace workspace={workspace} open={opened === "rename"} onOpenChange={close} />
      <Leave workspace={workspace} isPresent={isPresent} open={opened === "leave"} onOpenChange={close} />
      <Delete workspace={workspace} isPresent={isPresent} open={opened === "delete"} onOpenChange={close} />
    </div>
  );
}

interface ActProps {
  Icon: ComponentType<{ size: number; "aria-hidden": true }>;
  verb: string;
  onClick: () => void;
}

function Act({ Icon, verb, onClick }: ActProps) {
  return (
    <Button onClick={onClick}>
      <Icon size={16} aria-hidden />
      {verb}
    </Button>
  );
}

interface AskProps extends WorkspaceViewProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

function Leave({ workspace, isPresent, open, onOpenChange }: AskProps) {
  const leaving = useLeave(workspace, isPresent, () => onOpenChange(false));
  return (
    <Confirm
      open={open}
      onOpenChange={(next) => {
        leaving.reset();
        onOpenChange(next);
      }}
      title={`Leave “${workspace.name}”?`}
      sentence="You see nothing of it any more until somebody invites you again. What you made stays, your API keys for it end."
      verb="Leave"
      busy={leaving.isPending}
      error={leaving.error}
      onConfirm={() => leaving.mutate()}
    />
  );
}

function Delete({ workspace, isPresent, open, onOpenChange }: AskProps) {
  const deleting = useDelete(workspace, isPresent, () => onOpenChange(false));
  return (
    <Confirm
      open={open}
      onOpenChange={(next) => {
        deleting.reset();
        onOpenChange(next);
      }}
      title={`Delete “${workspace.name}”?`}
      sentence="Only an empty workspace can be deleted: no profiles, sessions, conversations or anything else. This cannot be undone."
      verb="Delete"
      busy={deleting.isPending}
      error={deleting.error}
      onConfirm={() => deleting.mutate()}
    />
  );
}
