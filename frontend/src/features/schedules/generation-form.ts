import type { ComfyUIPart } from "@/features/tasks/form/task-form";
import { pairsOf, valuesOf } from "@/ui/pairs";

/** What a scheduled generation is asked for. */
export interface GenerationForm {
  prompt: string;
  comfyui: ComfyUIPart;
}

type Given = Readonly<Record<string, unknown>>;

const words = (value: unknown) => (typeof value === "string" ? value : "");

export const generationFormOf = (request: Given): GenerationForm => ({
  prompt: words(request.prompt_text),
  comfyui: {
    workflowId: words(request.workflow_id),
    sessionId: words(request.session_id),
    negativePrompt: words(request.negative_prompt),
    parameters: pairsOf(typeof request.parameters === "object" ? request.parameters : {}),
  },
});

/** An empty prompt is the workflow's own. */
export function generationRequestOf({ prompt, comfyui }: GenerationForm): Given {
  const { workflowId, sessionId, negativePrompt } = comfyui;
  const parameters = valuesOf(comfyui.parameters);
  return {
    ...(sessionId ? { session_id: sessionId } : {}),
    ...(workflowId ? { workflow_id: workflowId } : {}),
    ...(prompt ? { prompt_text: prompt } : {}),
    ...(negativePrompt ? { negative_prompt: negativePrompt } : {}),
    ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
  };
}

/** Whether the form holds all of it; else it has to be written as JSON. */
export function generationHoldsAll(request: Given): boolean {
  const held = generationRequestOf(generationFormOf(request));
  const isUsual = (value: unknown) =>
    value === null || (typeof value === "object" && Object.keys(value ?? {}).length === 0);
  const names = Object.keys(request).filter((name) => !isUsual(request[name]));
  return names.every((name) => JSON.stringify(held[name]) === JSON.stringify(request[name]));
}
