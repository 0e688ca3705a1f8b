import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { messageOf } from "@/api/failure";
import type { Profile, Queue as QueueOfComfyUI } from "@/api/types";
import { comfyUIProfiles } from "@/features/profiles/comfyui-profiles";
import { comfyUIQueueOptions, profilesOptions } from "@/features/profiles/queries";
import { Badge } from "@/ui/badge";
import { Panel } from "@/ui/panel";

/** Each ComfyUI is asked by itself, so no more of them than somebody looks at. */
const MOST_ASKED = 12;

/** How busy each ComfyUI is, with what others have given it too; nothing where there is none. */
export function ComfyUIServers() {
  const { data: profiles } = useQuery(profilesOptions);
  const comfyUIs = comfyUIProfiles(profiles ?? []).slice(0, MOST_ASKED);
  if (comfyUIs.length === 0) return null;
  return (
    <Panel title="ComfyUI servers" aside="with everybody’s prompts">
      <ul className="divide-y divide-line rounded-lg border border-line bg-raised">
        {comfyUIs.map((profile) => (
          <ComfyUIRow key={profile.id} profile={profile} />
        ))}
      </ul>
    </Panel>
  );
}

function ComfyUIRow({ profile }: { profile: Profile }) {
  const { data: queue, error } = useQuery(comfyUIQueueOptions(profile.id));
  return (
    <li className="flex items-start gap-3 px-3 py-2 text-sm">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{profile.name}</p>
        <p className="truncate text-soft text-xs">{profile.url}</p>
        <p className={clsx("break-words text-xs tabular-nums", error ? "text-bad" : "text-soft")}>
          {error ? messageOf(error) : queue ? busyness(queue) : "Asking …"}
        </p>
      </div>
      {(error || queue) && <Badge tone={error ? "bad" : "good"}>{error ? "Away" : "Up"}</Badge>}
    </li>
  );
}

const busyness = ({ running, pending, generations }: QueueOfComfyUI) =>
  `${running} running · ${pending} waiting · ${generations.length} of them from this workspace`;
