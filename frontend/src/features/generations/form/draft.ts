import type { Generation } from "@/api/types";

/** By standard name, or by `<node id>.<input>`. */
export type Parameters = Readonly<Record<string, unknown>>;

/**
 * What the form of a session holds before it is sent. Texts that are null stay the graph's own, a workflow that is null
 * is the session's. Of the parameters those that were set; a seed of −1 is a new one each time.
 */
export interface Draft {
  promptText: string | null;
  negativePrompt: string | null;
  workflowId: string | null;
  parameters: Parameters;
}

export const EMPTY_DRAFT: Draft = { promptText: null, negativePrompt: null, workflowId: null, parameters: {} };

type Made = Pick<Generation, "seed" | "parameters" | "loras_used" | "prompt_text" | "negative_prompt" | "workflow_id">;

/** All that made a picture, its seed locked, so that generating makes the same one again. */
export function draftOfGeneration(made: Made): Draft {
  const { seed, parameters, loras_used, prompt_text, negative_prompt, workflow_id } = made;
  return {
    promptText: prompt_text,
    negativePrompt: negative_prompt,
    workflowId: workflow_id,
    parameters: { ...parameters, loras: loras_used, ...(seed === null ? {} : { seed }) },
  };
}
