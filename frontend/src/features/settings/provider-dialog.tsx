import { type FormEvent, useState } from "react";
import { messageOf } from "@/api/failure";
import type { Provider } from "@/api/types";
import { troubleOf } from "@/features/profiles/form";
import { PROVIDERS } from "@/features/profiles/providers";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Refusal } from "@/ui/refusal";
import { toast } from "@/ui/toast";
import { useSaveSetting } from "./changes";
import { formOf, inputOf, type SettingForm } from "./form";
import type { Setting } from "./queries";

interface ProviderDialogProps {
  provider: Provider;
  setting: Setting | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function ProviderDialog({ provider, setting, open, onOpenChange }: ProviderDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Settings of ${PROVIDERS[provider].label}`}
      description="For the whole workspace. The key is kept encrypted and never shown again."
    >
      <Form provider={provider} setting={setting} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

interface FormProps {
  provider: Provider;
  setting: Setting | null;
  onDone: () => void;
}

function Form({ provider, setting, onDone }: FormProps) {
  const { label, urlHint, usualUrl } = PROVIDERS[provider];
  const [form, setForm] = useState(() => formOf(setting));
  const saving = useSaveSetting(provider, () => {
    toast({ kind: "info", message: `The settings of ${label} are saved.` });
    onDone();
  });
  const { url: atUrl, ...trouble } = troubleOf(saving.error);
  const urlTrouble = trouble.endpoint_url ?? atUrl;
  const isAtField = urlTrouble !== undefined || Object.keys(trouble).length > 0;
  const edit = (change: Partial<SettingForm>) => setForm((now) => ({ ...now, ...change }));
  const send = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate(inputOf(setting, form));
  };
  return (
    <form onSubmit={send} className="flex flex-col gap-4">
      <KeyField provider={provider} setting={setting} form={form} edit={edit} error={trouble.api_key} />
      <Field label="Address (URL)" hint={urlHint} error={urlTrouble}>
        {(props) => (
          <Input
            {...props}
            type="url"
            value={form.url}
            placeholder={usualUrl}
            onChange={({ target }) => edit({ url: target.value })}
            maxLength={500}
            autoComplete="off"
          />
        )}
      </Field>
      <Field
        label="Default model"
        hint="What answers when a call names no model. Its name as the provider has it."
        error={trouble.default_model}
      >
        {(props) => (
          <Input
            {...props}
            value={form.model}
            onChange={({ target }) => edit({ model: target.value })}
            maxLength={255}
            autoComplete="off"
            spellCheck={false}
          />
        )}
      </Field>
      <Refusal message={saving.error && !isAtField ? messageOf(saving.error) : null} />
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="strong" busy={saving.isPending}>
          Save
        </Button>
      </DialogActions>
    </form>
  );
}

interface KeyFieldProps extends Omit<FormProps, "onDone"> {
  form: SettingForm;
  edit: (change: Partial<SettingForm>) => void;
  error: string | undefined;
}

function KeyField({ provider, setting, form, edit, error }: KeyFieldProps) {
  const hasKey = setting?.has_api_key === true;
  const hint = hasKey
    ? `Stored: ${setting.api_key}. It is never shown; leave this empty to keep it.`
    : PROVIDERS[provider].keyHint;
  return (
    <div className="flex flex-col gap-1">
      <Field label="API key" hint={hint} error={error}>
        {(props) => (
          <Input
            {...props}
            type="password"
            value={form.apiKey}
            placeholder={hasKey ? "Unchanged" : ""}
            onChange={({ target }) => edit({ apiKey: target.value, removesKey: false })}
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
            onChange={({ target }) => edit({ removesKey: target.checked, apiKey: "" })}
          />
          Remove the stored key
        </label>
      )}
    </div>
  );
}
