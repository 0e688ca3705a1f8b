import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { meOptions } from "@/features/auth/me";
import { OnlyFor, unlessSignedIn } from "@/features/auth/only-for";
import { NewWorkspace } from "@/features/workspaces/name-dialog";
import { workspacesOptions } from "@/features/workspaces/queries";
import { WorkspaceList } from "@/features/workspaces/workspace-list";
import { WorkspaceView } from "@/features/workspaces/workspace-view";
import { Button } from "@/ui/button";
import { Empty, Failed } from "@/ui/notice";
import { useParam } from "@/ui/param";
import { SkeletonList } from "@/ui/skeleton";

/** The workspaces that somebody is a member of, and who else is. */
export default function WorkspacesPage() {
  const [isCreating, setCreating] = useState(false);
  const [, show] = useParam("workspace");
  const create = (
    <Button look="strong" onClick={() => setCreating(true)}>
      <Plus size={16} aria-hidden />
      New workspace
    </Button>
  );
  return (
    <OnlyFor title="Workspaces" refusal={unlessSignedIn} actions={create}>
      <Workspaces />
      <NewWorkspace
        open={isCreating}
        onOpenChange={setCreating}
        onCreated={({ id }) => {
          setCreating(false);
          show(id);
        }}
      />
    </OnlyFor>
  );
}

function Workspaces() {
  const { data: me } = useQuery(meOptions);
  const { data: workspaces, error, refetch } = useQuery(workspacesOptions);
  const [wanted] = useParam("workspace");
  if (!workspaces && error)
    return <Failed what="The workspaces could not be read" error={error} onRetry={() => void refetch()} />;
  if (!workspaces || !me) return <SkeletonList rows={4} className="h-14" />;
  const presentId = me.workspace_id;
  const shownId = wanted === "" ? (presentId ?? workspaces[0]?.id) : wanted;
  const shown = workspaces.find(({ id }) => id === shownId);
  if (workspaces.length === 0)
    return <Empty title="You are in no workspace" sentence="Make one, or ask somebody for an invitation to theirs." />;
  return (
    <div className="grid items-start gap-6 md:grid-cols-[16rem_minmax(0,1fr)]">
      <WorkspaceList workspaces={workspaces} shownId={shownId} presentId={presentId} />
      {shown ? (
        <WorkspaceView key={shown.id} workspace={shown} isPresent={shown.id === presentId} />
      ) : (
        <Empty title="Not there" sentence="This workspace does not exist, or you are no member of it." />
      )}
    </div>
  );
}
