import type { Conversation, ConversationPatch } from "@/api/types";
import { changeConversation } from "@/features/conversations/changes";
import type { ModelChoice } from "@/features/models/choices";

export const choiceOf = ({ profile_id, provider, model }: Conversation): ModelChoice => ({
  profileId: profile_id,
  provider,
  model: model ?? "",
});

let keeping: Promise<boolean> = Promise.resolve(true);

/** Whether the server has the last change of that; what is asked waits for it. */
export const isChoiceKept = () => keeping;

/** Who answers in this conversation from now on. */
export function changeChoice(id: string, { profileId, provider, model }: ModelChoice): void {
  const change: ConversationPatch = {
    profile_id: profileId,
    model,
    ...(profileId === null && provider !== null ? { provider } : {}),
  };
  keeping = changeConversation(id, change, "The model could not be changed.");
  void keeping.then((isKept) => {
    if (!isKept) keeping = Promise.resolve(true);
  });
}
