import type { components } from "@/api/schema";
import type { Profile, Provider } from "@/api/types";

export type Model = components["schemas"]["ListedModel"];
export type Away = components["schemas"]["Away"];

export interface ModelGroup {
  /** Null: the Ollama of the server's environment. */
  profileId: string | null;
  name: string;
  provider: Provider;
  models: readonly Model[];
  away: Away | null;
}

/** The models by profile, in the order of the profiles; ComfyUI has its own page. */
export function groupsOf(profiles: readonly Profile[], models: readonly Model[], away: readonly Away[]): ModelGroup[] {
  const of = (profileId: string | null) => ({
    models: models.filter((model) => model.profile_id === profileId),
    away: away.find((one) => one.profile_id === profileId) ?? null,
  });
  const groups = profiles
    .filter(({ provider }) => provider !== "comfyui")
    .map(({ id, name, provider }) => ({ profileId: id, name, provider, ...of(id) }));
  const own = of(null);
  if (own.models.length === 0 && own.away === null) return groups;
  return [...groups, { profileId: null, name: "Ollama of this server", provider: "ollama", ...own }];
}

/** Whether an Ollama holds what is not to be had from the list alone. */
export const isGone = ({ is_listed, is_there }: Model): boolean => is_listed && is_there === false;
