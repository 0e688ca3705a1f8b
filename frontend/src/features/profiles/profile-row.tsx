import { Pencil, PlugZap, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Profile } from "@/api/types";
import { Badge } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { useDelete, useTrial } from "./changes";
import { ConnectionReport } from "./connection-report";
import { formOf } from "./form";
import { flowOf, PROVIDERS } from "./providers";

interface ProfileRowProps {
  profile: Profile;
  isManaged: boolean;
  onEdit: () => void;
}

export function ProfileRow({ profile, isManaged, onEdit }: ProfileRowProps) {
  const trial = useTrial();
  return (
    <li className="flex flex-col gap-3 rounded-xl border border-line bg-raised p-4">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <h2 className="flex flex-wrap items-center gap-2 font-semibold">
            <span className="min-w-0 break-words">{profile.name}</span>
            <Badge>{PROVIDERS[profile.provider].label}</Badge>
            {profile.is_demo && <Badge tone="accent">Demo</Badge>}
          </h2>
          {profile.description && <p className="mt-1 break-words text-soft text-sm">{profile.description}</p>}
        </div>
        {isManaged && (
          <div className="flex items-center gap-1">
            <Button
              busy={trial.isPending}
              onClick={() => trial.mutate({ profile, form: formOf(profile) })}
              aria-label={`Test ${profile.name}`}
            >
              <PlugZap size={16} aria-hidden />
              Test
            </Button>
            <IconButton label={`Edit ${profile.name}`} onClick={onEdit}>
              <Pencil size={16} aria-hidden />
            </IconButton>
            <DeleteButton profile={profile} />
          </div>
        )}
      </div>
      <Facts profile={profile} />
      <ConnectionReport report={trial.data} error={trial.error} isPending={trial.isPending} />
    </li>
  );
}

function Facts({ profile }: { profile: Profile }) {
  const facts = [
    { term: "Address", fact: profile.url ?? PROVIDERS[profile.provider].usualUrl },
    { term: "API key", fact: profile.api_key ?? (profile.has_api_key ? "stored" : "none") },
    { term: "Takes → gives", fact: flowOf(profile) },
  ];
  return (
    <dl className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-3">
      {facts.map(({ term, fact }) => (
        <div key={term} className="min-w-0">
          <dt className="text-soft text-xs">{term}</dt>
          <dd className="break-words">{fact}</dd>
        </div>
      ))}
    </dl>
  );
}

const GOES_ALONG =
  "Its workflows, its sessions and all their generations go along, and what is waiting or running is cancelled. It can be undone for 7 days.";
const STAYS = "Its models and API keys go along, its conversations stay. It can be undone for 7 days.";

function DeleteButton({ profile }: { profile: Profile }) {
  const [isAsking, setAsking] = useState(false);
  const deleting = useDelete(profile, () => setAsking(false));
  return (
    <>
      <IconButton label={`Delete ${profile.name}`} onClick={() => setAsking(true)}>
        <Trash2 size={16} aria-hidden />
      </IconButton>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={`Delete “${profile.name}”?`}
        sentence={profile.provider === "comfyui" ? GOES_ALONG : STAYS}
        verb="Delete"
        busy={deleting.isPending}
        isGone={deleting.isSuccess}
        onConfirm={() => deleting.mutate()}
      />
    </>
  );
}
