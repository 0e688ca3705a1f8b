import type { Conversation } from "@/api/types";
import type { ModelChoice } from "@/features/models/choices";
import { useModelChoice } from "@/features/models/remembered";
import { useChoices } from "@/features/models/sources";
import { blindnessOf } from "./blindness";
import { changeChoice, choiceOf } from "./choice";

/** Who answers, in a conversation or in the one that is begun, and what that model cannot be shown. */
export function useAnswerer(conversation: Conversation | null) {
  const { choices, isSettled } = useChoices("text");
  const [first, chooseFirst] = useModelChoice();
  const choice = conversation ? choiceOf(conversation) : first;
  const choose = (next: ModelChoice) => {
    if (conversation) changeChoice(conversation.id, next);
    else chooseFirst(next);
  };
  const missing = isSettled ? "Choose a model first." : "Looking for models.";
  return { choice, choose, blindness: blindnessOf(choices, choice), hindrance: choice === null ? missing : null };
}
