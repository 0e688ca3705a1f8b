import type { Preset } from "@/api/types";
import { forgetErrors } from "@/features/generations/form/sending";
import type { Form } from "@/features/generations/form/use-form";
import { toast } from "@/ui/toast";
import { changeDraft, draftOf } from "../drafts";
import { fitOf, withPreset } from "./fit";
import { labelOf } from "./settings";

/** Sets the form as the preset says, tells what of it has no place there, and takes it back by Undo. */
export function applyPreset({ key, workflow }: Pick<Form, "key" | "workflow">, preset: Preset): void {
  const before = draftOf(key).parameters;
  forgetErrors(key);
  changeDraft(key, { parameters: withPreset(workflow, before, preset) });
  const undo = { label: "Undo", run: () => changeDraft(key, { parameters: before }) };
  const { misfits, unknown } = fitOf(workflow, preset.parameters);
  const message = [
    `“${preset.name}” is set.`,
    misfits.length > 0 && `This workflow has no place for ${listed(misfits.map(labelOf))}.`,
    unknown.length > 0 &&
      `This ComfyUI does not have ${listed(unknown.map(({ label, value }) => `${value} (${label})`))}.`,
  ];
  toast({ kind: "info", message: message.filter(Boolean).join(" "), action: undo });
}

const MOST_LISTED = 5;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_LISTED);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(", ")} and ${more} more`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}` : (shown[0] ?? "");
}
