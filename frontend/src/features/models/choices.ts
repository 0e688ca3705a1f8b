import type { components } from "@/api/schema";
import type { Provider } from "@/api/types";

type Schemas = components["schemas"];
export type Source = Schemas["SourceOut"];
export type ListedModel = Schemas["ListedModel"];
export type Capability = Schemas["Capability"];

/** Who is asked. Without a profile it is whom the provider's name alone means. */
export interface ModelChoice {
  profileId: string | null;
  provider: Provider | null;
  model: string;
}

export interface KnownModel {
  id: string;
  name: string | null;
  sees: boolean;
  /** False where the Ollama that lists it does not have it. */
  isThere: boolean;
}

/** A place to ask, with those of its models that can do what is needed. */
export interface SourceChoices {
  key: string;
  name: string;
  profileId: string | null;
  provider: Provider;
  isDefault: boolean;
  models: readonly KnownModel[];
}

/** What a request says to choose it. */
export const targetOf = ({ profileId, provider, model }: ModelChoice) => ({
  ...(profileId === null ? {} : { profile_id: profileId }),
  ...(profileId === null && provider !== null ? { provider } : {}),
  ...(model === "" ? {} : { model }),
});

export const isSameChoice = (a: ModelChoice, b: ModelChoice) =>
  a.profileId === b.profileId && a.model === b.model && (a.profileId !== null || a.provider === b.provider);

/** Sources that their provider's name does not mean have no name to be asked by. */
export function choicesOf(sources: readonly Source[], listed: readonly ListedModel[], needs: Capability) {
  return sources
    .filter(({ profile_id, is_default }) => profile_id !== null || is_default)
    .filter(({ capabilities }) => capabilities.includes(needs))
    .map((source): SourceChoices => {
      const { profile_id, provider, name, is_default } = source;
      const models = modelsOf(source, listed, needs);
      const key = profile_id ?? `${source.kind}:${provider}`;
      return { key, name, profileId: profile_id, provider, isDefault: is_default, models };
    });
}

function modelsOf(source: Source, listed: readonly ListedModel[], needs: Capability): KnownModel[] {
  const own = listed.filter((one) => one.profile_id === source.profile_id && one.provider === source.provider);
  const told = new Map(own.map((one) => [one.model_id, one]));
  const known = source.models
    .filter(({ model_id }) => !told.has(model_id))
    .map((one) => ({ ...one, capabilities: byModalities(one), is_there: null }));
  const fitting = [...own, ...known]
    .filter(({ capabilities }) => capabilities.includes(needs))
    .map(({ model_id, name, capabilities, is_there }) => ({
      id: model_id,
      name,
      sees: capabilities.includes("vision"),
      isThere: is_there !== false,
    }))
    .sort((a, b) => a.id.localeCompare(b.id));
  const usual = source.default_model;
  if (usual === null) return fitting;
  const isKnown = fitting.find(({ id }) => id === usual) ?? { id: usual, name: null, sees: false, isThere: true };
  return [isKnown, ...fitting.filter(({ id }) => id !== usual)];
}

function byModalities({ input_modalities, output_modalities }: Source["models"][number]): Capability[] {
  const sees = output_modalities.includes("text") && input_modalities.includes("image");
  return [...output_modalities, ...(sees ? (["vision"] as const) : [])];
}

/** The remembered one as long as its source is there, else the first model of the first source that has one. */
export function startingChoice(choices: readonly SourceChoices[], remembered: ModelChoice | null): ModelChoice | null {
  if (remembered && sourceOf(choices, remembered)) return remembered;
  const inOrder = [...choices].sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
  for (const { profileId, provider, models } of inOrder) {
    const model = models.find(({ isThere }) => isThere);
    if (model) return { profileId, provider, model: model.id };
  }
  return null;
}

export const sourceOf = (choices: readonly SourceChoices[], { profileId, provider }: ModelChoice) =>
  choices.find((one) => one.profileId === profileId && (profileId !== null || one.provider === provider));

/** Null for what is no choice: somebody may have written there by hand. */
export function choiceFrom(text: string | null): ModelChoice | null {
  try {
    const { profileId, provider, model } = JSON.parse(text ?? "null") ?? {};
    if (typeof model !== "string" || (typeof profileId !== "string" && typeof provider !== "string")) return null;
    return { profileId: profileId ?? null, provider: provider ?? null, model };
  } catch (broken) {
    if (broken instanceof SyntaxError) return null;
    throw broken;
  }
}
