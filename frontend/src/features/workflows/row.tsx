import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Check, Ellipsis, Star, Workflow } from "lucide-react";
import { memo } from "react";
import type { WorkflowSummary } from "@/api/types";
import { useIsViewer } from "@/features/auth/me";
import { comfyUIProfiles } from "@/features/profiles/comfyui-profiles";
import { profilesOptions } from "@/features/profiles/queries";
import { counted } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { Menu } from "@/ui/menu";
import type { WorkflowAct } from "./actions";
import { workflowItems } from "./items";

interface RowProps {
  workflow: WorkflowSummary;
  isChosen: boolean;
  tabIndex: 0 | -1;
  onChoose: (id: string) => void;
  onAct: (act: WorkflowAct, workflow: WorkflowSummary) => void;
}

export const WorkflowRow = memo(function WorkflowRow({ workflow, isChosen, tabIndex, onChoose, onAct }: RowProps) {
  const isViewer = useIsViewer();
  return (
    <div className={clsx("flex items-center rounded-md pr-1 hover:bg-hover", isChosen && "bg-hover")}>
      <button
        type="button"
        data-row={workflow.id}
        tabIndex={tabIndex}
        aria-current={isChosen || undefined}
        onClick={() => onChoose(workflow.id)}
        className="flex min-w-0 flex-1 items-center gap-2 rounded-md px-2 py-1.5 text-left text-sm -outline-offset-2"
      >
        <WorkflowFace workflow={workflow} />
        {isChosen && <Check size={16} aria-hidden className="shrink-0 text-accent" />}
      </button>
      {!isViewer && (
        <Menu
          items={workflowItems(workflow, (act) => onAct(act, workflow))}
          trigger={
            <Button
              look="quiet"
              tabIndex={tabIndex}
              aria-label={`More for ${workflow.name}`}
              className="px-2 text-soft -outline-offset-2"
            >
              <Ellipsis size={16} aria-hidden />
            </Button>
          }
        />
      )}
    </div>
  );
});

/** Thumbnail, name, the star of the default, how often it has been used, and where it runs. */
export function WorkflowFace({ workflow }: { workflow: WorkflowSummary }) {
  const { name, thumbnail_url, is_default, generation_count, profile_id } = workflow;
  const place = usePlace(profile_id);
  return (
    <>
      <span className="flex size-9 shrink-0 items-center justify-center overflow-hidden rounded bg-sunken text-soft">
        {thumbnail_url === null ? (
          <Workflow size={16} aria-hidden />
        ) : (
          <img src={thumbnail_url} alt="" loading="lazy" className="size-full object-cover" />
        )}
      </span>
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-1.5">
          <span className="truncate font-medium">{name}</span>
          {is_default && <Star size={14} role="img" aria-label="Default" className="shrink-0 fill-current text-warn" />}
        </span>
        <span className="block truncate text-soft text-xs">
          {counted(generation_count, "generation")}
          {place && ` · ${place}`}
        </span>
      </span>
    </>
  );
}

/** Which ComfyUI it runs on, where there are several. */
function usePlace(profileId: string | null): string | undefined {
  const { data = [] } = useQuery(profilesOptions);
  const choices = comfyUIProfiles(data);
  return choices.length > 1 ? choices.find(({ id }) => id === profileId)?.name : undefined;
}
