import type { components } from "@/api/schema";
import type { GenerateInput, LoraUsed, Workflow } from "@/api/types";
import type { Draft, Parameters } from "./draft";
import { isRandom, RANDOM, readSeed, type Seed } from "./seed";

export type Extracted = components["schemas"]["ExtractedParameter"];
export type Value = Extracted["value"];

/** A parameter as the form shows it. `base` is what stands there when nothing is set: the workflow's default or graph. */
export interface Shown {
  name: string;
  extracted: Extracted;
  value: Value;
  base: Value;
  isChanged: boolean;
}

/** What a form shows of a workflow and a draft. */
export interface FormValues {
  standard: ReadonlyMap<string, Shown>;
  media: readonly Shown[];
  others: readonly Shown[];
  seed: Seed;
  loras: { value: readonly LoraUsed[]; isChanged: boolean } | null;
  changed: readonly string[];
}

/** ComfyUI's own words for standard names (docs/api.md). */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  cfg_scale: ["cfg"],
  checkpoint_name: ["ckpt_name", "unet_name"],
  vae: ["vae_name"],
  seed: ["noise_seed"],
  length: ["frames"],
};
/** Groups that have sizes of other names, such as "Target width". */
const SIZED = new Set(["conditioning", "resize"]);
const MEDIA = new Set(["image", "audio", "video", "file"]);

const placeOf = ({ nodeId, field }: Extracted) => `${nodeId}.${field}`;
export const nameOf = (extracted: Extracted) => extracted.standard ?? placeOf(extracted);

/** What sets this parameter, the strongest first. */
export function namesOf(extracted: Extracted): string[] {
  const { standard } = extracted;
  return [placeOf(extracted), ...(standard === null ? [] : [standard, ...(ALIASES[standard] ?? [])])];
}

const isValue = (value: unknown): value is Value =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

export const setIn = (parameters: Parameters, extracted: Extracted): Value | undefined =>
  namesOf(extracted)
    .map((name) => parameters[name])
    .find((value): value is Value => isValue(value) && value !== "");

export function formValues(workflow: Workflow, set: Parameters): FormValues {
  const known = workflow.extracted_parameters.filter((extracted) => !isElsewhere(extracted, workflow));
  const shown = known.map((extracted) => show(extracted, workflow, set));
  const standard = new Map(shown.flatMap((one) => (one.extracted.standard ? [[one.extracted.standard, one]] : [])));
  const rest = shown.filter(({ extracted }) => extracted.standard === null).map((one) => following(one, standard));
  const loras = lorasOf(workflow, set);
  const media = [...standard.values(), ...rest].filter(({ extracted }) => MEDIA.has(extracted.kind));
  const others = [...rest.filter(({ extracted }) => !MEDIA.has(extracted.kind)), ...unlisted(workflow, set)];
  const all = [...standard.values(), ...media.filter(({ extracted }) => !extracted.standard), ...others];
  return {
    standard,
    media,
    others,
    seed: readSeed(standard.get("seed")?.value) ?? RANDOM,
    loras,
    changed: all.flatMap(({ name, isChanged }) => (isChanged ? [name] : [])).concat(loras?.isChanged ? "loras" : []),
  };
}

function show(extracted: Extracted, workflow: Workflow, set: Parameters): Shown {
  const own = extracted.standard === "seed" ? RANDOM : extracted.value;
  const base = setIn(workflow.default_parameters, extracted) ?? own;
  const value = setIn(set, extracted) ?? base;
  return { name: nameOf(extracted), extracted, value, base, isChanged: String(value) !== String(base) };
}

/** The prompts have boxes of their own, and the LoRAs of the chain rows. */
function isElsewhere({ kind, group, value, nodeId }: Extracted, workflow: Workflow): boolean {
  if (kind === "prompt") return value === workflow.prompt_text || value === workflow.negative_prompt;
  if (group !== "lora" || !workflow.takes_loras) return false;
  const name = workflow.extracted_parameters.find((other) => other.nodeId === nodeId && other.field === "lora_name");
  return workflow.loras.some((lora) => lora.name === name?.value);
}

/** A standard parameter also sets what has its meaning and, in the graph, its value. */
function following(one: Shown, standard: ReadonlyMap<string, Shown>): Shown {
  const { label, group, kind, value } = one.extracted;
  const means = (main: string) => label === main || (SIZED.has(group) && label.endsWith(main.toLowerCase()));
  const main = [...standard.values()].find(
    ({ extracted }) => means(extracted.label) && extracted.kind === kind && extracted.value === value,
  );
  if (!main) return one;
  return { ...one, base: main.value, value: one.isChanged ? one.value : main.value };
}

function lorasOf(workflow: Workflow, set: Parameters): FormValues["loras"] {
  if (!workflow.takes_loras) return null;
  const base = asLoras(workflow.default_parameters.loras) ?? workflow.loras;
  const value = asLoras(set.loras) ?? base;
  return { value, isChanged: JSON.stringify(value) !== JSON.stringify(base) };
}

export function asLoras(given: unknown): LoraUsed[] | null {
  if (!Array.isArray(given)) return null;
  return given.map((one: Partial<LoraUsed> & { strength?: number }) => {
    const strength = one.strength ?? 1;
    const strength_model = one.strength_model ?? strength;
    return { name: one.name ?? "", strength_model, strength_clip: one.strength_clip ?? one.strength ?? strength_model };
  });
}

/** Inputs that were set by name and that no list of parameters has; they work, so they are shown. */
function unlisted(workflow: Workflow, set: Parameters): Shown[] {
  const listed = new Set(workflow.extracted_parameters.flatMap(namesOf));
  const places = Object.keys(set).filter((name) => name.includes(".") && !listed.has(name));
  if (places.length === 0) return [];
  const graph = readGraph(workflow.workflow_json);
  return places.flatMap((name) => {
    const nodeId = Object.keys(graph).find((id) => name.startsWith(`${id}.`));
    const value = set[name];
    if (nodeId === undefined || !isValue(value)) return [];
    const field = name.slice(nodeId.length + 1);
    const base = graph[nodeId]?.inputs?.[field];
    if (!isValue(base)) return [];
    const kind = typeof value === "number" ? ("float" as const) : ("text" as const);
    const told = { type: "string" as const, kind, group: "other", standard: null, title: `Node ${nodeId}` };
    return [{ name, extracted: { nodeId, field, label: field, value, ...told }, value, base, isChanged: true }];
  });
}

type Graph = Record<string, { inputs?: Record<string, unknown> } | undefined>;

function readGraph(text: string): Graph {
  try {
    return JSON.parse(text) as Graph;
  } catch {
    return {};
  }
}

/** The parameters of the request: what is set and has a place in this workflow, and always what the seed shall be. */
export function parametersOf(form: FormValues, set: Parameters, seed: Seed = form.seed): Record<string, unknown> {
  const ofSeed = form.standard.get("seed");
  const known = new Set(shownIn(form).flatMap(({ extracted }) => namesOf(extracted)));
  for (const name of ofSeed ? namesOf(ofSeed.extracted) : []) known.delete(name);
  if (form.loras?.isChanged) known.add("loras");
  const sent = Object.entries(set).filter(([name]) => known.has(name));
  return { ...Object.fromEntries(sent), ...(ofSeed ? { seed } : {}) };
}

export const shownIn = (form: FormValues) => [...form.standard.values(), ...form.media, ...form.others];

export function inputOf(workflow: Workflow, draft: Draft, parameters: Record<string, unknown>): GenerateInput {
  const { promptText, negativePrompt } = draft;
  return {
    workflow_id: workflow.id,
    ...(promptText === null || workflow.prompt_text === null ? {} : { prompt_text: promptText }),
    ...(negativePrompt === null || workflow.negative_prompt === null ? {} : { negative_prompt: negativePrompt }),
    parameters,
  };
}

/** What is saved as a workflow's defaults: all that was changed, a seed only if it is kept; null takes one away. */
export function defaultsOf(form: FormValues, workflow: Workflow): Record<string, unknown> {
  const changed = new Set(form.changed);
  const defaults: Record<string, unknown> = form.loras?.isChanged ? { loras: form.loras.value } : {};
  for (const { name, extracted, value } of shownIn(form).filter((one) => changed.has(one.name))) {
    for (const other of namesOf(extracted)) if (other in workflow.default_parameters) defaults[other] = null;
    defaults[name] = name === "seed" && isRandom(value) ? null : value;
  }
  return defaults;
}

/** The draft's parameters with this one set, or as the workflow has it again. */
export function withValue(parameters: Parameters, extracted: Extracted, value: Value | undefined): Parameters {
  const names = new Set(namesOf(extracted));
  const others = Object.fromEntries(Object.entries(parameters).filter(([name]) => !names.has(name)));
  return value === undefined ? others : { ...others, [nameOf(extracted)]: value };
}
