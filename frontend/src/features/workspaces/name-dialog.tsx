import { fieldErrorsOf } from "@/api/failure";
import { EntranceForm } from "@/features/auth/entrance";
import { NameField } from "@/features/auth/fields";
import { Dialog } from "@/ui/dialog";
import { useCreate, useRename } from "./changes";
import type { Workspace } from "./queries";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function NewWorkspace({ onCreated, ...rest }: DialogProps & { onCreated: (created: Workspace) => void }) {
  const told = "It has its own profiles, sessions, conversations and people. You are its owner.";
  return (
    <Dialog {...rest} title="New workspace" description={told}>
      <NewWorkspaceForm onCreated={onCreated} />
    </Dialog>
  );
}

function NewWorkspaceForm({ onCreated }: { onCreated: (created: Workspace) => void }) {
  const creating = useCreate(onCreated);
  const { name } = fieldErrorsOf(creating.error);
  return (
    <EntranceForm verb="Create workspace" busy={creating.isPending} error={creating.error} onSend={creating.mutate}>
      <NameField error={name} autoComplete="off" autoFocus />
    </EntranceForm>
  );
}

export function RenameWorkspace({ workspace, ...rest }: DialogProps & { workspace: Workspace }) {
  return (
    <Dialog {...rest} title={`Rename “${workspace.name}”`}>
      <RenameForm workspace={workspace} onDone={() => rest.onOpenChange(false)} />
    </Dialog>
  );
}

function RenameForm({ workspace, onDone }: { workspace: Workspace; onDone: () => void }) {
  const renaming = useRename(workspace, onDone);
  const { name } = fieldErrorsOf(renaming.error);
  return (
    <EntranceForm verb="Rename" busy={renaming.isPending} error={renaming.error} onSend={renaming.mutate}>
      <NameField error={name} autoComplete="off" defaultValue={workspace.name} autoFocus />
    </EntranceForm>
  );
}
