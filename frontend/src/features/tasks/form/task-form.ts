import type { Provider } from "@/api/types";
import { PROVIDER_NAMES } from "@/features/profiles/providers";
import { newKey, type Pair, pairsOf, valuesOf } from "@/ui/pairs";
import { momentOf } from "../moments";
import { asType, type TaskInput, type TaskType, TYPE_NAMES } from "../task";

/** Who is asked: a profile, or what the provider's name alone means. */
export interface Source {
  provider: Provider | "auto";
  profileId: string | null;
}

export interface FallbackRow extends Source {
  key: number;
  model: string;
}

export interface ComfyUIPart {
  workflowId: string;
  sessionId: string;
  negativePrompt: string;
  parameters: readonly Pair[];
}

export interface TaskForm extends Source {
  name: string;
  type: TaskType;
  model: string;
  prompt: string;
  options: readonly Pair[];
  inputs: readonly string[];
  comfyui: ComfyUIPart;
  fallback: readonly FallbackRow[];
  priority: number;
  runAfter: string;
  maxAttempts: number;
}

export const USUAL_ATTEMPTS = 3;
export const MOST_FALLBACKS = 5;

/** Who can make what at all (docs/api.md); the server knows the rest, and says it. */
const CAN: Readonly<Record<TaskType, readonly Provider[]>> = {
  text: ["openai", "gemini", "claude", "ollama"],
  image: ["openai", "gemini", "comfyui"],
  audio: ["openai", "gemini", "comfyui"],
  video: ["openai", "gemini", "comfyui"],
};

export const canMake = (provider: Source["provider"], type: TaskType) =>
  provider === "auto" || CAN[type].includes(provider);

/** Whether a workflow may be what answers. */
export const takesWorkflow = ({ type, provider }: Pick<TaskForm, "type" | "provider">) =>
  type !== "text" && (provider === "auto" || provider === "comfyui");

/** Pictures to edit or to look at, or one recording; a workflow has its own places for them. */
export const takesInputs = ({ type, provider }: Pick<TaskForm, "type" | "provider">) =>
  type !== "audio" && provider !== "comfyui";

type Given = Readonly<Record<string, unknown>>;

const words = (value: unknown) => (typeof value === "string" ? value : "");
const count = (value: unknown, usual: number) => (typeof value === "number" ? value : usual);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const object = (value: unknown): Given =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Given) : {};

function sourceOf(given: Given): Source {
  const provider = PROVIDER_NAMES.find((name) => name === given.provider) ?? "auto";
  return { provider, profileId: words(given.profile_id) || null };
}

/** The form of a request, or of a task that was made by one. */
export function formOf(given: Given): TaskForm {
  const { workflow_id, session_id, negative_prompt, parameters, ...options } = object(given.options);
  const source = sourceOf(given);
  return {
    ...source,
    name: words(given.name),
    type: asType(words(given.type)) ?? TYPE_NAMES.find((type) => canMake(source.provider, type)) ?? "text",
    model: words(given.model),
    prompt: words(given.prompt),
    options: pairsOf(options),
    inputs: list(given.inputs).filter((id) => typeof id === "string"),
    comfyui: {
      workflowId: words(workflow_id),
      sessionId: words(session_id),
      negativePrompt: words(negative_prompt),
      parameters: pairsOf(object(parameters)),
    },
    fallback: list(given.fallback).map((one) => ({
      ...sourceOf(object(one)),
      model: words(object(one).model),
      key: newKey(),
    })),
    priority: count(given.priority, 0),
    runAfter: "",
    maxAttempts: count(given.max_attempts, USUAL_ATTEMPTS),
  };
}

const targetOf = ({ provider, profileId }: Source) => {
  if (profileId !== null) return { profile_id: profileId };
  return provider === "auto" ? {} : { provider };
};

export function requestOf(form: TaskForm): TaskInput {
  const options = { ...valuesOf(form.options), ...(takesWorkflow(form) ? workflowOf(form.comfyui) : {}) };
  const runAfter = momentOf(form.runAfter);
  const model = form.provider === "comfyui" ? "" : form.model.trim();
  const inputs = takesInputs(form) ? [...form.inputs] : [];
  return {
    ...(form.name.trim() ? { name: form.name.trim() } : {}),
    type: form.type,
    ...targetOf(form),
    ...(model ? { model } : {}),
    prompt: form.prompt,
    ...(Object.keys(options).length > 0 ? { options: options as NonNullable<TaskInput["options"]> } : {}),
    ...(inputs.length > 0 ? { inputs } : {}),
    ...(form.fallback.length > 0 ? { fallback: form.fallback.map(fallbackOf) } : {}),
    ...(form.priority === 0 ? {} : { priority: form.priority }),
    ...(runAfter ? { run_after: runAfter } : {}),
    ...(form.maxAttempts === USUAL_ATTEMPTS ? {} : { max_attempts: form.maxAttempts }),
  };
}

const fallbackOf = ({ model, ...source }: FallbackRow) => ({
  ...(targetOf(source) as { provider?: Provider; profile_id?: string }),
  ...(model.trim() ? { model: model.trim() } : {}),
});

function workflowOf({ workflowId, sessionId, negativePrompt, parameters }: ComfyUIPart): Given {
  const set = valuesOf(parameters);
  return {
    ...(workflowId ? { workflow_id: workflowId } : {}),
    ...(sessionId ? { session_id: sessionId } : {}),
    ...(negativePrompt ? { negative_prompt: negativePrompt } : {}),
    ...(Object.keys(set).length > 0 ? { parameters: set } : {}),
  };
}

/** Whether the form holds all of it; else it has to be written as JSON. */
export function holdsAll(request: Given): boolean {
  const held = requestOf(formOf(request)) as unknown as Given;
  const names = Object.keys(request).filter((name) => !isUsual(name, request[name]));
  return names.every((name) => sorted(held[name]) === sorted(request[name]));
}

function isUsual(name: string, value: unknown): boolean {
  if (value === null || value === "" || (typeof value === "object" && Object.keys(value ?? {}).length === 0))
    return true;
  return (
    (name === "provider" && value === "auto") ||
    (name === "priority" && value === 0) ||
    (name === "max_attempts" && value === USUAL_ATTEMPTS)
  );
}

function sorted(value: unknown): string {
  const inOrder = (_: string, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part;
  return JSON.stringify(value, inOrder) ?? "";
}

/** A task again: its name only where somebody gave it one, and at once. */
export function formOfTask(task: Given): TaskForm {
  const name = words(task.name);
  const isOfPrompt = words(task.prompt).trim().startsWith(name.replace(/…$/, "").trim());
  return formOf({ ...task, name: isOfPrompt ? "" : name });
}
