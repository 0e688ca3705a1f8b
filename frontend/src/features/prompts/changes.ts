import { useState } from "react";
import { api, body, read } from "@/api/client";
import { keysByInput } from "@/api/same-input";
import type { components } from "@/api/schema";
import type { SavedPrompt } from "@/api/types";
import { tellGone, useChange } from "@/ui/change";
import { PROMPTS } from "./queries";
import type { Values } from "./variables";

export type PromptInput = components["schemas"]["SavedPromptInput"];
export type Rendered = components["schemas"]["Rendered"];

const of = (id: string) => ({ params: { path: { prompt_id: id } } });

/** Saves a new prompt, or changes of `prompt`. */
export function useSave(prompt: SavedPrompt | null, onSaved: (saved: SavedPrompt) => void) {
  const [keyFor] = useState(keysByInput);
  return useChange({
    ask: (input: PromptInput) =>
      prompt
        ? read(api.PATCH("/api/prompts/{prompt_id}", { ...of(prompt.id), body: input }))
        : read(api.POST("/api/prompts", { params: { header: { "Idempotency-Key": keyFor(input) } }, body: input })),
    stale: [PROMPTS],
    onDone: onSaved,
  });
}

export function useDelete({ id, name }: SavedPrompt) {
  return useChange({
    ask: () => body(api.DELETE("/api/prompts/{prompt_id}", of(id))),
    stale: [PROMPTS],
    refusal: "The prompt was not deleted.",
    onDone: () => tellGone(`“${name}”`, [PROMPTS], () => read(api.POST("/api/prompts/{prompt_id}/restore", of(id)))),
  });
}

/** The texts with these values in them; counts as a use. */
export function useRender({ id }: SavedPrompt) {
  return useChange({
    ask: (variables: Values) => read(api.POST("/api/prompts/{prompt_id}/render", { ...of(id), body: { variables } })),
    stale: [PROMPTS],
  });
}
