import { asLoras, type FormValues, type Shown, shownIn } from "@/features/generations/form/parameters";
import { isRandom } from "@/features/generations/form/seed";
import { isOwn } from "./fit";

/** One thing that a preset can hold. */
export interface Setting {
  name: string;
  label: string;
  value: unknown;
  /** Whether it is kept unless somebody says otherwise. */
  isUsual: boolean;
}

/** What of a form can be kept as a preset; of any workflow only what every workflow may have. */
export function settingsOf(form: FormValues): Setting[] {
  const rows = shownIn(form).filter((one) => one.extracted.standard !== null || one.isChanged);
  const unique = [...new Map(rows.map((one) => [one.name, one])).values()];
  const settings = unique
    .filter(({ value, extracted }) => extracted.kind !== "seed" || !isRandom(value))
    .map(settingOf);
  if (!form.loras) return settings;
  return [...settings, { name: "loras", label: "LoRAs", value: form.loras.value, isUsual: true }];
}

const settingOf = ({ name, extracted, value }: Shown): Setting => ({
  name,
  label: extracted.standard === null ? `${extracted.title}: ${extracted.label}` : extracted.label,
  value,
  isUsual: !isOwn(extracted),
});

/** Names without a node are understood everywhere. */
export const isOfNode = (name: string) => name.includes(".");

/** What a preset holds once it is brought up to the form: each of its names as it is now, and what else was changed. */
export function renewed(before: Readonly<Record<string, unknown>>, form: FormValues): Record<string, unknown> {
  const now = new Map(settingsOf(form).map((setting) => [setting.name, setting]));
  const changed = form.changed.filter((name) => now.get(name)?.isUsual);
  const names = [...new Set([...Object.keys(before), ...changed])];
  return Object.fromEntries(names.map((name) => [name, now.has(name) ? now.get(name)?.value : before[name]]));
}

const LABELS: Readonly<Record<string, string>> = {
  width: "Width",
  height: "Height",
  length: "Length",
  batch_size: "Batch size",
  steps: "Steps",
  cfg_scale: "CFG",
  cfg: "CFG",
  guidance: "Guidance",
  seed: "Seed",
  sampler_name: "Sampler",
  scheduler: "Scheduler",
  denoise: "Denoise",
  checkpoint_name: "Checkpoint",
  vae: "VAE",
  fps: "FPS",
  input_image: "Input image",
  loras: "LoRAs",
};

/** What a stored setting is called where its workflow is not at hand. */
export const labelOf = (name: string): string => (Object.hasOwn(LABELS, name) && LABELS[name]) || name;

const LONGEST = 200;

/** A value in few words. */
export function told(name: string, value: unknown): string {
  const loras = name === "loras" ? asLoras(value) : null;
  if (loras) return loras.map((lora) => `${lora.name} ${lora.strength_model}`).join(", ") || "none";
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** A whole preset in one line. */
export const summaryOf = (parameters: Readonly<Record<string, unknown>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${labelOf(name)} ${told(name, value)}`)
    .join(" · ") || "Sets nothing";
