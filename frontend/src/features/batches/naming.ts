import type { components } from "@/api/schema";
import { counted } from "@/ui/amounts";
import type { Batch } from "./queries";

type Parameter = components["schemas"]["ExtractedParameter"];

const NAMES: Readonly<Record<string, string>> = {
  cfg_scale: "CFG",
  prompt_text: "Prompt",
  negative_prompt: "Negative prompt",
  sampler_name: "Sampler",
  checkpoint_name: "Checkpoint",
  loras: "LoRAs",
  vae: "VAE",
};

/** A parameter as people call it; those of a node as its workflow does, where that is known. */
export function labelOf(parameter: string, known: readonly Parameter[] = []): string {
  const found = known.find(({ nodeId, field }) => `${nodeId}.${field}` === parameter);
  if (found) return `${found.label} (${found.title})`;
  const words = parameter.replaceAll("_", " ");
  return NAMES[parameter] ?? (parameter.includes(".") ? parameter : words.charAt(0).toUpperCase() + words.slice(1));
}

const LONGEST = 60;

/** A value of an axis, whole. */
export const wholeText = (value: unknown): string =>
  Array.isArray(value) ? value.map(nameOf).join(" + ") || "none" : plain(value);

/** A value of an axis in a line. */
export function valueText(value: unknown): string {
  const text = wholeText(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST).trimEnd()}…` : text;
}

function plain(value: unknown): string {
  if (value === "") return "empty";
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** Of a LoRA its name and strength. */
function nameOf(value: unknown): string {
  if (typeof value !== "object" || value === null || !("name" in value)) return plain(value);
  const { name, strength_model, strength } = value as { name: unknown; strength_model?: unknown; strength?: unknown };
  const weight = strength_model ?? strength;
  return weight === undefined || weight === 1 ? String(name) : `${String(name)} ${String(weight)}`;
}

/** "Sweep: CFG × Seed", or how many variations. */
export function titleOf({ kind, axes, total }: Batch, known: readonly Parameter[] = []): string {
  if (kind === "variations") return counted(total, "variation");
  return `Sweep: ${axes.map(({ parameter }) => labelOf(parameter, known)).join(" × ")}`;
}
