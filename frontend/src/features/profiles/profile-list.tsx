import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { Profile } from "@/api/types";
import { meOptions, useMay } from "@/features/auth/me";
import { Button } from "@/ui/button";
import { Empty, Failed } from "@/ui/notice";
import { useParam } from "@/ui/param";
import { SkeletonList } from "@/ui/skeleton";
import { ProfileDialog } from "./profile-dialog";
import { ProfileRow } from "./profile-row";
import { profilesOptions } from "./queries";

/** All connections of the workspace; who may not manage them sees them only. */
export function ProfileList() {
  const isManaged = useMay("manage");
  const { data: me } = useQuery(meOptions);
  const [asked, setAsked] = useParam("new");
  const [chosen, setEdited] = useState<Profile | "new" | null>(null);
  const edited = chosen ?? (asked !== "" && isManaged ? "new" : null);
  const close = () => {
    setEdited(null);
    if (asked !== "") setAsked("");
  };
  const told =
    me && !isManaged
      ? "Connections to ComfyUI and to language models. Admins of the workspace manage them."
      : "Connections to ComfyUI and to language models.";
  return (
    <>
      <header className="flex flex-wrap items-center gap-3">
        <div className="min-w-0 flex-1">
          <h1 className="font-semibold text-xl">Profiles</h1>
          <p className="text-soft text-sm">{told}</p>
        </div>
        {isManaged && (
          <Button look="strong" onClick={() => setEdited("new")}>
            <Plus size={16} aria-hidden />
            New profile
          </Button>
        )}
      </header>
      <Rows isManaged={isManaged} onEdit={setEdited} />
      <ProfileDialog
        profile={edited === "new" ? null : edited}
        open={edited !== null}
        onOpenChange={(open) => !open && close()}
      />
    </>
  );
}

function Rows({ isManaged, onEdit }: { isManaged: boolean; onEdit: (profile: Profile) => void }) {
  const { data: profiles, error, refetch } = useQuery(profilesOptions);
  if (!profiles && error)
    return <Failed what="The profiles could not be read" error={error} onRetry={() => void refetch()} />;
  if (!profiles) return <SkeletonList rows={3} className="h-28" />;
  if (profiles.length === 0) return <NoProfiles isManaged={isManaged} />;
  return (
    <ul className="flex flex-col gap-3">
      {profiles.map((profile) => (
        <ProfileRow key={profile.id} profile={profile} isManaged={isManaged} onEdit={() => onEdit(profile)} />
      ))}
    </ul>
  );
}

function NoProfiles({ isManaged }: { isManaged: boolean }) {
  const sentence = isManaged
    ? "Make one for your ComfyUI: give its address, test it, and save. Pictures are made through it."
    : "An admin of the workspace has to connect a ComfyUI first.";
  return <Empty title="Nothing is connected yet" sentence={sentence} />;
}
