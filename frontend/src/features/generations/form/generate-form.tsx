import { useMutation } from "@tanstack/react-query";
import { Sparkles } from "lucide-react";
import { type FormEvent, useEffect, useEffectEvent, useId, useState } from "react";
import { useNavigate } from "react-router";
import { messageOf } from "@/api/failure";
import { WantedPreset } from "@/features/generations/presets/wanted-preset";
import { Button } from "@/ui/button";
import { NumberInput } from "@/ui/number-input";
import { toast } from "@/ui/toast";
import { NO_SESSION, useDraft } from "../drafts";
import { SweepButton } from "../sweep/sweep-button";
import { CheckNotice } from "./check-notice";
import { useFirstPicture } from "./first-picture";
import { generate, startSession } from "./generate";
import type { ParameterPanelProps } from "./parameter-panel";
import { PromptActions } from "./prompt-actions";
import { FORM, PromptBox } from "./prompt-box";
import { forgetErrors, type Sending, stopSending, useSending } from "./sending";
import { type Form, setText, useForm } from "./use-form";

const MOST = 200;

/** The prompt, and what sends it with all that is set. Without a session it starts one. */
export function GenerateForm({ sessionId, workflowId, profileId }: ParameterPanelProps) {
  const key = sessionId ?? NO_SESSION;
  const { form, error } = useForm(sessionId, workflowId, profileId);
  const sending = useSending(key);
  const [count, setCount] = useState(1);
  const send = useSend(sessionId, form, count);
  const first = useFirstPicture();
  const [wanted, setWanted] = useState<string | null>(null);
  const isWanted = wanted === key;
  const isBusy = send.isPending || first.busy || sending.isUnderWay || isWanted;
  const isReading = form === null && workflowId !== null;
  const start = () => (form ? send.mutate() : void first.start(sessionId ?? undefined));
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    if (isReading) setWanted(error ? null : key);
    else start();
  };
  const startWanted = useEffectEvent(start);
  useEffect(() => {
    if (!isWanted || (isReading && error === null)) return;
    setWanted(null);
    if (!isReading) startWanted();
  }, [isWanted, isReading, error]);
  return (
    <form
      id={FORM}
      noValidate
      aria-label="Generate"
      onSubmit={onSubmit}
      className="flex flex-col gap-1.5 border-line border-t bg-raised px-3 pt-1.5 pb-2.5"
    >
      <div className="grid gap-x-3 gap-y-1.5 md:grid-cols-[minmax(0,1fr)_auto] md:items-end">
        <Prompts formKey={key} form={form} errors={sending.errors} />
        <div className="flex flex-wrap items-end gap-2 md:flex-col md:flex-nowrap md:items-stretch">
          <div className="flex shrink-0 items-center justify-between gap-2">
            <HowMany count={count} onChange={setCount} />
            {form && <SweepButton sessionId={sessionId} form={form} />}
          </div>
          <Button
            type="submit"
            look="strong"
            busy={isBusy}
            disabled={isReading}
            title="Ctrl+Enter"
            className="min-h-10 min-w-32 flex-1"
          >
            <Sparkles size={16} aria-hidden />
            Generate
          </Button>
        </div>
      </div>
      {form && <WantedPreset form={form} />}
      {workflowId === null && (
        <p className="text-soft text-xs">
          Unless you import or choose a workflow, a simple text-to-image one is taken.
        </p>
      )}
      {form && <CheckNotice form={form} profileId={profileId} />}
      <Errors errors={sending.errors} />
      <InSending formKey={key} sending={sending} />
    </form>
  );
}

/** Starts the session where there is none, goes there, and sends. */
function useSend(sessionId: string | null, form: Form | null, count: number) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async () => {
      if (form === null) return false;
      const id = sessionId ?? (await startSession(form.workflow)).id;
      if (sessionId === null) navigate(`/comfyui/${id}`);
      return generate(id, form, count);
    },
    onError: (failure) => toast({ kind: "error", message: messageOf(failure) }),
  });
}

interface PromptsProps {
  formKey: string;
  form: Form | null;
  errors: Sending["errors"];
}

function Prompts({ formKey, form, errors }: PromptsProps) {
  const { part: promptText } = useDraft(formKey, (draft) => draft.promptText);
  const { part: negativePrompt } = useDraft(formKey, (draft) => draft.negativePrompt);
  const [own, ownNegative] = form ? [form.workflow.prompt_text, form.workflow.negative_prompt] : ["", ""];
  const change = (text: Parameters<typeof setText>[1]) => {
    forgetErrors(formKey, ["prompt_text", "negative_prompt"]);
    setText(formKey, text);
  };
  return (
    <div className="grid min-w-0 gap-x-3 gap-y-1 lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)] lg:items-end">
      {own === null ? (
        <p className="self-center text-soft text-sm">This workflow takes no prompt.</p>
      ) : (
        <PromptBox
          label="Prompt"
          isMain
          value={promptText ?? own}
          placeholder="Describe the image you want to generate"
          error={errors.prompt_text}
          actions={<PromptActions formKey={formKey} form={form} />}
          onChange={(promptText) => change({ promptText })}
        />
      )}
      {ownNegative !== null && (
        <PromptBox
          label="Negative prompt"
          value={negativePrompt ?? ownNegative}
          placeholder="Things to avoid (optional)"
          error={errors.negative_prompt}
          onChange={(negativePrompt) => change({ negativePrompt })}
        />
      )}
    </div>
  );
}

function HowMany({ count, onChange }: { count: number; onChange: (count: number) => void }) {
  const id = useId();
  const change = (typed: number) => onChange(Math.max(1, Math.min(MOST, Math.trunc(typed))));
  return (
    <div className="flex shrink-0 items-center justify-between gap-2">
      <label htmlFor={id} className="whitespace-nowrap text-soft text-xs">
        How many
      </label>
      <NumberInput
        id={id}
        value={count}
        min={1}
        max={MOST}
        step={1}
        title="As many pictures, each with a seed of its own"
        onChange={change}
        className="max-w-16"
      />
    </div>
  );
}

/** What the server refused, here too, since the settings may be folded away. */
function Errors({ errors }: { errors: Sending["errors"] }) {
  const messages = [...new Set(Object.values(errors))];
  if (messages.length === 0) return null;
  return (
    <div role="alert" className="text-bad text-sm">
      {messages.map((message) => (
        <p key={message}>{message}</p>
      ))}
    </div>
  );
}

/** Why it takes so long, and the way out. */
function InSending({ formKey, sending: { trouble } }: { formKey: string; sending: Sending }) {
  if (trouble === null) return null;
  return (
    <div className="flex items-center gap-3 text-sm">
      <p role="status" className="min-w-0 flex-1 text-warn md:text-right">
        {trouble}
      </p>
      <Button onClick={() => stopSending(formKey)}>Stop</Button>
    </div>
  );
}
