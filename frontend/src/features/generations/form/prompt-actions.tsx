import { type Picked, PromptPicker } from "@/features/prompts/prompt-picker";
import { SavePrompt } from "@/features/prompts/save-prompt";
import { joined } from "@/features/prompts/variables";
import { draftOf, useDraft } from "../drafts";
import { forgetErrors } from "./sending";
import { type Form, setText } from "./use-form";

/** Between the prompt boxes and the library: take one from it, keep this one in it. */
export function PromptActions({ formKey, form }: { formKey: string; form: Form | null }) {
  const { part: promptText } = useDraft(formKey, (draft) => draft.promptText);
  const { part: negativePrompt } = useDraft(formKey, (draft) => draft.negativePrompt);
  const text = promptText ?? form?.workflow.prompt_text ?? "";
  return (
    <div className="-my-1 flex items-center gap-1">
      <PromptPicker current={text} onPick={(picked) => put(formKey, form, picked)} />
      <SavePrompt isSmall text={text} negative={negativePrompt ?? form?.workflow.negative_prompt ?? null} />
    </div>
  );
}

/** A prompt without a negative one leaves what is to be avoided; a workflow that takes none keeps the one it has. */
function put(formKey: string, form: Form | null, { text, negative, isAdded }: Picked): void {
  const { promptText, negativePrompt } = draftOf(formKey);
  const before = {
    text: promptText ?? form?.workflow.prompt_text,
    avoided: negativePrompt ?? form?.workflow.negative_prompt,
  };
  const withOld = (old: string | null | undefined, added: string) => (isAdded ? joined(old ?? "", added) : added);
  forgetErrors(formKey, ["prompt_text", "negative_prompt"]);
  setText(formKey, {
    promptText: withOld(before.text, text),
    ...(negative === null ? {} : { negativePrompt: withOld(before.avoided, negative) }),
  });
}
