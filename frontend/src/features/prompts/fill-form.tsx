import { type FormEvent, type ReactNode, useId, useState } from "react";
import { fieldErrorsOf, messageOf } from "@/api/failure";
import type { SavedPrompt } from "@/api/types";
import { Field, Input } from "@/ui/field";
import { Refusal } from "@/ui/refusal";
import { type Rendered, useRender } from "./changes";
import { filled, type Values } from "./variables";

interface FillFormProps {
  prompt: SavedPrompt;
  /** `to` is the value of the button that sent it. */
  onRendered: (rendered: Rendered, to: string) => void;
  children: (isPending: boolean) => ReactNode;
}

/** A field for each variable of a prompt, what comes of it, and beneath it the buttons that use it. */
export function FillForm({ prompt, onRendered, children }: FillFormProps) {
  const [values, setValues] = useState<Values>({});
  const render = useRender(prompt);
  const trouble = fieldErrorsOf(render.error);
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    event.stopPropagation();
    if (render.isPending) return;
    const { submitter } = event.nativeEvent as SubmitEvent;
    const to = submitter instanceof HTMLButtonElement ? submitter.value : "";
    render.mutate(values, { onSuccess: (rendered) => onRendered(rendered, to) });
  };
  return (
    <form onSubmit={send} className="flex flex-col gap-3">
      {prompt.variables.map((name, place) => (
        <Field key={name} label={name} error={trouble[`variables.${name}`]}>
          {(props) => (
            <Input
              {...props}
              autoFocus={place === 0}
              required
              maxLength={10_000}
              autoComplete="off"
              value={(Object.hasOwn(values, name) && values[name]) || ""}
              onChange={(event) => setValues((now) => ({ ...now, [name]: event.target.value }))}
            />
          )}
        </Field>
      ))}
      <Preview label="Prompt" text={filled(prompt.prompt_text, values)} />
      {prompt.negative_prompt !== null && (
        <Preview label="Negative prompt" text={filled(prompt.negative_prompt, values)} />
      )}
      <Refusal message={render.error && messageOf(render.error)} />
      {children(render.isPending)}
    </form>
  );
}

function Preview({ label, text }: { label: string; text: string }) {
  const titleId = useId();
  return (
    <section aria-labelledby={titleId} className="flex flex-col gap-1">
      <h3 id={titleId} className="text-soft text-xs">
        {label}
      </h3>
      <p
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1).
        tabIndex={0}
        className="max-h-40 overflow-y-auto whitespace-pre-wrap break-words rounded-md bg-sunken px-3 py-2 text-sm"
      >
        {text}
      </p>
    </section>
  );
}
