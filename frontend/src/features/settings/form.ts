import type { components } from "@/api/schema";
import type { Setting } from "./queries";

type SettingInput = components["schemas"]["SettingInput"];

/** `apiKey` is a newly typed one: a stored key is never shown, so empty means unchanged. */
export interface SettingForm {
  apiKey: string;
  removesKey: boolean;
  url: string;
  model: string;
}

export const formOf = (setting: Setting | null): SettingForm => ({
  apiKey: "",
  removesKey: false,
  url: setting?.endpoint_url ?? "",
  model: setting?.default_model ?? "",
});

/** Only what differs from what is stored. */
export function inputOf(setting: Setting | null, form: SettingForm): SettingInput {
  const url = form.url.trim() || null;
  const model = form.model.trim() || null;
  return {
    ...(url === (setting?.endpoint_url ?? null) ? {} : { endpoint_url: url }),
    ...(model === (setting?.default_model ?? null) ? {} : { default_model: model }),
    ...(form.apiKey.trim() ? { api_key: form.apiKey.trim() } : form.removesKey ? { api_key: null } : {}),
  };
}
