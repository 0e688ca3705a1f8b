import { ApiFailure } from "@/api/failure";
import type { components } from "@/api/schema";
import type { Profile, ProfileInput, Provider } from "@/api/types";
import { type Pair, pairsOf, valuesOf } from "@/ui/pairs";

export type Modality = components["schemas"]["Modality"];
type ProfilePatch = components["schemas"]["ProfilePatch"];
type ConnectionInput = components["schemas"]["ConnectionInput"];

export const MODALITIES: readonly Modality[] = ["text", "image", "video", "audio"];

/** What the dialog holds. `apiKey` is a newly typed one: a stored key is never shown, so empty means unchanged. */
export interface ProfileForm {
  name: string;
  provider: Provider;
  url: string;
  description: string;
  apiKey: string;
  removesKey: boolean;
  takes: readonly Modality[];
  gives: readonly Modality[];
  template: string;
  options: readonly Pair[];
  /** Seconds and a number as they are typed; empty is as it usually is. */
  patience: string;
  position: string;
}

const isModality = (word: string): word is Modality => MODALITIES.some((known) => known === word);

/** What a new profile of this provider takes and gives unless somebody says otherwise. */
export const usualFlow = (provider: Provider): Pick<ProfileForm, "takes" | "gives"> =>
  provider === "comfyui" ? { takes: ["text", "image"], gives: ["image"] } : { takes: ["text"], gives: ["text"] };

export function formOf(profile: Profile | null): ProfileForm {
  const entered = { apiKey: "", removesKey: false };
  const defaults = {
    template: profile?.prompt_template ?? "",
    options: pairsOf(profile?.options),
    patience: String(profile?.first_byte_timeout_seconds ?? ""),
    position: String(profile?.position ?? ""),
  };
  const common = { ...entered, ...defaults };
  if (!profile) return { ...common, ...usualFlow("comfyui"), name: "", provider: "comfyui", url: "", description: "" };
  return {
    ...common,
    name: profile.name,
    provider: profile.provider,
    url: profile.url ?? "",
    description: profile.description ?? "",
    takes: profile.input_modalities.filter(isModality),
    gives: profile.output_modalities.filter(isModality),
  };
}

const emptyIsNull = (text: string): string | null => text.trim() || null;
const numberIn = (text: string): number | null => (text.trim() === "" ? null : Number(text));

export function inputOf(form: ProfileForm): ProfileInput {
  const options = valuesOf(form.options) as NonNullable<ProfileInput["options"]>;
  return {
    name: form.name.trim(),
    provider: form.provider,
    url: emptyIsNull(form.url),
    description: emptyIsNull(form.description),
    api_key: emptyIsNull(form.apiKey),
    input_modalities: [...form.takes],
    output_modalities: [...form.gives],
    prompt_template: emptyIsNull(form.template),
    options: Object.keys(options).length > 0 ? options : null,
    first_byte_timeout_seconds: numberIn(form.patience),
    position: numberIn(form.position),
  };
}

/** Only what differs, so that two people who change different things do not undo each other's. */
export function patchOf(profile: Profile, form: ProfileForm): ProfilePatch {
  const { api_key, ...wanted } = inputOf(form);
  const known: Partial<Record<string, unknown>> = { ...profile };
  const changed = Object.entries(wanted).filter(([name, value]) => !isSame(value, known[name]));
  const key = api_key ? { api_key } : form.removesKey ? { api_key: null } : {};
  return { ...Object.fromEntries(changed), ...key };
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/**
 * How to try the connection as it stands in the form: a stored key can be tried only with the address that it was saved
 * for, since it never comes back here.
 */
export function trialOf(profile: Profile | null, form: ProfileForm): { saved: string } | { given: ConnectionInput } {
  const given = { provider: form.provider, url: emptyIsNull(form.url), api_key: emptyIsNull(form.apiKey) };
  const isStored =
    profile !== null &&
    profile.provider === form.provider &&
    profile.url === given.url &&
    given.api_key === null &&
    !form.removesKey;
  return isStored ? { saved: profile.id } : { given };
}

/** The field that a refusal without details is about. */
const FIELD_OF_CODE: Readonly<Record<string, string>> = { TARGET_NOT_ALLOWED: "url", API_KEY_REQUIRED: "api_key" };

export function troubleOf(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof ApiFailure)) return {};
  const field = FIELD_OF_CODE[error.code];
  return field === undefined ? error.fields : { [field]: error.message };
}
