import type { Profile } from "@/api/types";
import { Field, Input, Select, TextArea } from "@/ui/field";
import { DefaultFields } from "./default-fields";
import { type ProfileForm, usualFlow } from "./form";
import { Modalities } from "./modalities";
import { PROVIDER_NAMES, PROVIDERS } from "./providers";

export interface ProfileFieldsProps {
  profile: Profile | null;
  form: ProfileForm;
  edit: (change: Partial<ProfileForm>) => void;
  /** What is wrong, by the names of the API. */
  trouble: Readonly<Record<string, string>>;
}

export function ProfileFields({ profile, form, edit, trouble }: ProfileFieldsProps) {
  const { usualUrl, urlHint } = PROVIDERS[form.provider];
  const chooseProvider = (chosen: string) => {
    const provider = PROVIDER_NAMES.find((name) => name === chosen) ?? form.provider;
    edit({ provider, ...(profile ? {} : usualFlow(provider)) });
  };
  return (
    <>
      <Field label="Provider" error={trouble.provider}>
        {(props) => (
          <Select {...props} autoFocus value={form.provider} onChange={(event) => chooseProvider(event.target.value)}>
            {PROVIDER_NAMES.map((name) => (
              <option key={name} value={name}>
                {PROVIDERS[name].label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Name" error={trouble.name}>
        {(props) => (
          <Input
            {...props}
            value={form.name}
            onChange={(event) => edit({ name: event.target.value })}
            maxLength={255}
            autoComplete="off"
            required
          />
        )}
      </Field>
      <Field label="Address (URL)" hint={urlHint} error={trouble.url}>
        {(props) => (
          <Input
            {...props}
            type="url"
            value={form.url}
            placeholder={usualUrl}
            onChange={(event) => edit({ url: event.target.value })}
            maxLength={500}
            autoComplete="off"
          />
        )}
      </Field>
      <KeyField profile={profile} form={form} edit={edit} trouble={trouble} />
      <Field label="Description" error={trouble.description}>
        {(props) => (
          <TextArea
            {...props}
            rows={2}
            value={form.description}
            onChange={(event) => edit({ description: event.target.value })}
          />
        )}
      </Field>
      <details>
        <summary className="cursor-pointer py-1 text-sm">What it takes and gives</summary>
        <div className="mt-2 grid gap-4 sm:grid-cols-2">
          <Modalities
            legend="Takes"
            chosen={form.takes}
            onChange={(takes) => edit({ takes })}
            error={trouble.input_modalities}
          />
          <Modalities
            legend="Gives"
            chosen={form.gives}
            onChange={(gives) => edit({ gives })}
            error={trouble.output_modalities}
          />
        </div>
      </details>
      <DefaultFields profile={profile} form={form} edit={edit} trouble={trouble} />
    </>
  );
}

function KeyField({ profile, form, edit, trouble }: ProfileFieldsProps) {
  const hasKey = profile?.has_api_key === true;
  const hint = hasKey
    ? `Stored: ${profile.api_key}. It is never shown; leave this empty to keep it.`
    : PROVIDERS[form.provider].keyHint;
  return (
    <div className="flex flex-col gap-1">
      <Field label="API key" hint={hint} error={trouble.api_key}>
        {(props) => (
          <Input
            {...props}
            type="password"
            value={form.apiKey}
            onChange={(event) => edit({ apiKey: event.target.value, removesKey: false })}
            placeholder={hasKey ? "Unchanged" : ""}
            maxLength={4_000}
            autoComplete="new-password"
            spellCheck={false}
          />
        )}
      </Field>
      {hasKey && (
        <label className="flex min-h-9 items-center gap-2 text-sm">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={form.removesKey}
            onChange={(event) => edit({ removesKey: event.target.checked, apiKey: "" })}
          />
          Remove the key
        </label>
      )}
    </div>
  );
}
