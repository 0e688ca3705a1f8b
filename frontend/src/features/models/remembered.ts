import { useState } from "react";
import { type Capability, choiceFrom, type ModelChoice, startingChoice } from "./choices";
import { useChoices } from "./sources";

const KEY = "model";

/** The choice of this browser; others than chat have one of their own. */
const keyOf = (needs: Capability) => (needs === "text" ? KEY : `${KEY}:${needs}`);

export function rememberModel(choice: ModelChoice, needs: Capability = "text"): void {
  try {
    localStorage.setItem(keyOf(needs), JSON.stringify(choice));
  } catch (full) {
    if (!(full instanceof DOMException)) throw full;
  }
}

export function rememberedModel(needs: Capability = "text"): ModelChoice | null {
  return choiceFrom(localStorage.getItem(keyOf(needs)));
}

/** What a new form starts with: the one chosen last in this browser, else the first there is; null until that is known. */
export function useModelChoice(needs: Capability = "text") {
  const [chosen, choose] = useState<ModelChoice | null>(null);
  const { choices, isSettled } = useChoices(needs);
  const first = choices && startingChoice(choices, rememberedModel(needs));
  const start = isSettled || first?.model ? first : null;
  return [chosen ?? start, choose] as const;
}
