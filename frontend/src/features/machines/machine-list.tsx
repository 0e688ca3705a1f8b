import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useId, useState } from "react";
import { Link } from "react-router";
import type { Backend, Profile } from "@/api/types";
import { useMay } from "@/features/auth/me";
import { comfyUIProfiles } from "@/features/profiles/comfyui-profiles";
import { profilesOptions } from "@/features/profiles/queries";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Empty, Failed } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";
import { MachineDialog } from "./machine-dialog";
import { MachineRow } from "./machine-row";
import { backendsOptions } from "./queries";
import { summaryOf, takesWork } from "./state";

/** The machines of each ComfyUI profile; who may not manage them sees them only. */
export function MachineList() {
  const profiles = useQuery(profilesOptions);
  const machines = useQuery(backendsOptions);
  const isManaged = useMay("manage");
  const retry = () => void Promise.all([profiles.refetch(), machines.refetch()]);
  const error = profiles.error ?? machines.error;
  if (error && !(profiles.data && machines.data))
    return <Failed what="The machines could not be read" error={error} onRetry={retry} />;
  if (!profiles.data || !machines.data) return <SkeletonList rows={3} className="h-40" />;
  const comfyUIs = comfyUIProfiles(profiles.data);
  if (comfyUIs.length === 0) return <NoComfyUI isManaged={isManaged} />;
  return comfyUIs.map((profile) => (
    <Machines
      key={profile.id}
      profile={profile}
      machines={machines.data.filter(({ profile_id }) => profile_id === profile.id)}
      isManaged={isManaged}
    />
  ));
}

interface MachinesProps {
  profile: Profile;
  machines: readonly Backend[];
  isManaged: boolean;
}

function Machines({ profile, machines, isManaged }: MachinesProps) {
  const [isAdding, setAdding] = useState(false);
  const titleId = useId();
  return (
    <section aria-labelledby={titleId} className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <h2 id={titleId} className="flex flex-wrap items-center gap-2 font-semibold">
            <span className="min-w-0 break-words">{profile.name}</span>
            {profile.is_demo && <Badge tone="accent">Demo</Badge>}
          </h2>
          <p className="text-soft text-sm">{summaryOf(machines)}</p>
        </div>
        {isManaged && (
          <Button onClick={() => setAdding(true)} aria-label={`Add a machine to ${profile.name}`}>
            <Plus size={16} aria-hidden />
            Add a machine
          </Button>
        )}
      </div>
      <p role="status" className="text-sm text-warn empty:hidden">
        {machines.length > 0 && !machines.some(takesWork) ? "No machine takes work now: what is queued waits." : ""}
      </p>
      <ul className="flex flex-col gap-3">
        {machines.map((machine) => (
          <MachineRow key={machine.id} machine={machine} profile={profile} isManaged={isManaged} />
        ))}
      </ul>
      <MachineDialog profile={profile} machine={null} open={isAdding} onOpenChange={setAdding} />
    </section>
  );
}

function NoComfyUI({ isManaged }: { isManaged: boolean }) {
  if (!isManaged) return <Empty title="No ComfyUI is connected" sentence="An admin of the workspace connects one." />;
  return (
    <Empty
      title="No ComfyUI is connected"
      sentence="Machines belong to a profile of ComfyUI. Add one, then the machines that share its work."
    >
      <Link to="/profiles" className="text-accent underline">
        Add a ComfyUI profile
      </Link>
    </Empty>
  );
}
