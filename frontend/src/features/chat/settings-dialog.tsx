import { type FormEvent, useState } from "react";
import { fieldErrorsOf, messageOf } from "@/api/failure";
import type { Conversation } from "@/api/types";
import { patchConversation } from "@/features/conversations/changes";
import { rereadConversations } from "@/features/conversations/queries";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input, TextArea } from "@/ui/field";
import { type Settings, setNewChat, useNewChat } from "./new-chat";
import { faultsOf, NUMBERS, optionsOf, type Typed, takes, typedOf } from "./options";

interface ConversationSettingsProps {
  /** Null for the one that is begun. */
  conversation: Conversation | null;
  provider: Conversation["provider"] | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function ConversationSettings({ conversation, ...rest }: ConversationSettingsProps) {
  const begun = useNewChat(({ settings }) => settings);
  const save = async ({ system_prompt, options }: Settings) => {
    if (conversation === null) return setNewChat({ system_prompt, options });
    await patchConversation(conversation.id, { system_prompt, options: options as Record<string, never> });
    await rereadConversations();
  };
  return <SettingsDialog {...rest} settings={conversation ?? begun} onSave={save} />;
}

interface SettingsProps {
  settings: Settings;
  provider: Conversation["provider"] | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Raises the refusal. */
  onSave: (settings: Settings) => Promise<unknown>;
}

/** What the model is told before all else, and how it answers, in one conversation. */
function SettingsDialog({ open, onOpenChange, ...rest }: SettingsProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Settings of this conversation">
      <Form {...rest} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

interface FormProps extends Omit<SettingsProps, "open" | "onOpenChange"> {
  onDone: () => void;
}

function Form({ settings, provider, onSave, onDone }: FormProps) {
  const [prompt, setPrompt] = useState(settings.system_prompt ?? "");
  const [typed, setTyped] = useState<Typed>(() => typedOf(settings.options));
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const told = fieldErrorsOf(failure);
  const faults = faultsOf(typed);
  const type = (name: string, text: string) => setTyped({ ...typed, [name]: text });

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (Object.keys(faults).length > 0) return;
    setBusy(true);
    try {
      await onSave({ system_prompt: prompt.trim() || null, options: optionsOf(typed, settings.options) });
      onDone();
    } catch (reason) {
      setFailure(reason);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void save(event)} className="flex flex-col gap-4">
      <Field
        label="System prompt"
        hint="Told before everything that is said here. Empty: the profile's own."
        error={told.system_prompt}
      >
        {(control) => (
          <TextArea {...control} rows={5} value={prompt} onChange={(event) => setPrompt(event.target.value)} />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        {NUMBERS.filter((option) => takes(provider, option)).map(({ name, label, hint, step }) => (
          <Field key={name} label={label} hint={hint} error={faults[name] ?? told[`options.${name}`]}>
            {(control) => (
              <Input
                {...control}
                inputMode={step === 1 ? "numeric" : "decimal"}
                placeholder="The model's own"
                value={typed[name] ?? ""}
                onChange={(event) => type(name, event.target.value)}
              />
            )}
          </Field>
        ))}
      </div>
      <Field label="Stop at" hint="Ends an answer where one of these lines would come." error={told["options.stop"]}>
        {(control) => (
          <TextArea {...control} rows={2} value={typed.stop} onChange={(event) => type("stop", event.target.value)} />
        )}
      </Field>
      {failure !== null && Object.keys(told).length === 0 && (
        <p role="alert" className="text-bad text-sm">
          {messageOf(failure)}
        </p>
      )}
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button look="strong" type="submit" busy={isBusy}>
          Save
        </Button>
      </DialogActions>
    </form>
  );
}
