import { type ModelChoice, type SourceChoices, sourceOf } from "@/features/models/choices";

/** Why no pictures can be shown to it; null where they can, or where it is not known. */
export function blindnessOf(choices: readonly SourceChoices[] | null, choice: ModelChoice | null): string | null {
  if (!choices || !choice) return null;
  const model = sourceOf(choices, choice)?.models.find(({ id }) => id === choice.model);
  return model && !model.sees ? `${model.id} does not see pictures; choose a model that does.` : null;
}
