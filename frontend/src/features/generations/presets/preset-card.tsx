import { Ellipsis, PencilLine, Trash2, WandSparkles } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { queryClient } from "@/api/queries";
import type { Preset } from "@/api/types";
import { chooseWorkflow } from "@/features/generations/form/generate";
import { lastSession } from "@/features/generations/form/open-session";
import { sessionsOptions } from "@/features/sessions/queries";
import { workflowsOptions } from "@/features/workflows/queries";
import { counted } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { focusBeside } from "@/ui/focus-beside";
import { Menu, type MenuItem } from "@/ui/menu";
import { useDelete } from "./changes";
import { EditDialog } from "./edit-dialog";
import { labelOf, told } from "./settings";

/** A preset with its values. */
export function PresetCard({ preset, isFixed }: { preset: Preset; isFixed: boolean }) {
  const { name, description, parameters, used_count } = preset;
  return (
    <li className="flex min-w-0 flex-col gap-2 rounded-xl border border-line bg-raised p-3">
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <h3 className="line-clamp-2 break-words font-semibold">{name}</h3>
          <p className="text-soft text-xs">{usesOf(used_count)}</p>
        </div>
        {!isFixed && <Actions preset={preset} />}
      </div>
      {description && <p className="line-clamp-3 break-words text-sm">{description}</p>}
      <dl className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {Object.entries(parameters).map(([key, value]) => (
          <div key={key} className="flex min-w-0 gap-1.5">
            <dt className="shrink-0 text-soft">{labelOf(key)}</dt>
            <dd className="line-clamp-3 min-w-0 break-words">{told(key, value)}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

function usesOf(count: number): string {
  if (count === 0) return "Not used yet";
  return `Used for ${counted(count, "generation")}`;
}

function Actions({ preset }: { preset: Preset }) {
  const [isEditing, setEditing] = useState(false);
  const navigate = useNavigate();
  const { mutate } = useDelete(preset);
  const remove = () => {
    focusBeside();
    mutate();
  };
  const items: MenuItem[] = [
    { label: "Edit", icon: <PencilLine size={16} aria-hidden />, onSelect: () => setEditing(true) },
    { label: "Delete", icon: <Trash2 size={16} aria-hidden />, onSelect: remove, danger: true },
  ];
  const trigger = (
    <Button look="quiet" aria-label={`More for ${preset.name}`} className="px-2 text-soft">
      <Ellipsis size={16} aria-hidden />
    </Button>
  );
  const use = async () => navigate(await formWith(preset));
  return (
    <div className="flex shrink-0 items-center gap-1">
      <Button onClick={() => void use()} aria-label={`Use ${preset.name}`}>
        <WandSparkles size={16} aria-hidden />
        Use
      </Button>
      <Menu items={items} trigger={trigger} />
      <EditDialog preset={preset} open={isEditing} onOpenChange={setEditing} />
    </div>
  );
}

/** The address of the session that was open last, its form turned to the preset's workflow. */
async function formWith({ id, workflow_id }: Preset): Promise<string> {
  const sessions = await queryClient.ensureQueryData(sessionsOptions).catch(() => []);
  const last = sessions.find((session) => session.id === lastSession())?.id ?? null;
  const workflows = await queryClient.ensureQueryData(workflowsOptions).catch(() => []);
  const workflow = workflows.find((one) => one.id === workflow_id);
  if (workflow) chooseWorkflow(last, workflow.id);
  return `/comfyui${last === null ? "" : `/${last}`}?preset=${id}`;
}
