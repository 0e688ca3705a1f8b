import { STATUSES } from "@/features/generations/statuses";
import type { Active } from "../filters";

const SHOWN = ["completed", "running", "pending", "failed", "cancelled"] as const;

/** In the order of the filters; the value and its name. */
export const STATUS_CHOICES = SHOWN.map((value) => ({ value, label: STATUSES[value].label }));

const LABELS: Readonly<Record<string, string>> = {
  q: "Words",
  seed: "Seed",
  checkpoint: "Checkpoint",
  lora: "LoRA",
  sampler: "Sampler",
  scheduler: "Scheduler",
  tag: "Tag",
  session_id: "Session",
  project_id: "Project",
  workflow_id: "Workflow",
  profile_id: "Profile",
  batch_id: "Batch",
  from: "From",
  to: "Until",
  width: "Width",
  height: "Height",
  steps: "Steps",
  cfg: "CFG",
};

const SHORT_ID = 8;

/** A filter in words, such as "Steps at least 20". `nameOf` knows the names of rows by their ids. */
export function wordsFor({ name, value }: Active, nameOf: (name: string, id: string) => string | undefined): string {
  if (name === "favorite") return value === "true" ? "Favorites" : "No favorites";
  if (name === "status") return STATUS_CHOICES.find((choice) => choice.value === value)?.label ?? value;
  if (name.startsWith("parameters.")) return `${name.slice("parameters.".length)}: ${value}`;
  const [, bound, of] = /^(min|max)_(.+)$/.exec(name) ?? [];
  if (bound && of) return `${LABELS[of] ?? of} at ${bound === "min" ? "least" : "most"} ${value}`;
  const shown = name.endsWith("_id") ? (nameOf(name, value) ?? value.slice(0, SHORT_ID)) : value;
  return `${LABELS[name] ?? name}: ${shown}`;
}
