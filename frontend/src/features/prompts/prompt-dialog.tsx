import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { fieldErrorsOf, messageOf } from "@/api/failure";
import type { SavedPrompt } from "@/api/types";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input, TextArea } from "@/ui/field";
import { Refusal } from "@/ui/refusal";
import { toast } from "@/ui/toast";
import { useSave } from "./changes";
import { categoriesOptions } from "./queries";
import { VariableNames } from "./variable-names";
import { nameFrom } from "./variables";

/** What a new prompt begins with. */
export interface Begun {
  text: string;
  negative: string;
}

interface PromptDialogProps {
  /** Null: a new one, of what has been begun. */
  prompt: SavedPrompt | null;
  begun?: Begun;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function PromptDialog({ prompt, begun = EMPTY, open, onOpenChange }: PromptDialogProps) {
  const title = prompt ? `Edit “${prompt.name}”` : begun === EMPTY ? "New prompt" : "Save prompt";
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} description={HOW}>
      <Form prompt={prompt} begun={begun} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

const EMPTY: Begun = { text: "", negative: "" };
const HOW = "A word in braces, such as {subject}, is a variable: it is asked for whenever the prompt is used.";

interface FormProps {
  prompt: SavedPrompt | null;
  begun: Begun;
  onDone: () => void;
}

function startOf(prompt: SavedPrompt | null, { text, negative }: Begun) {
  return {
    name: prompt?.name ?? nameFrom(text),
    prompt_text: prompt?.prompt_text ?? text,
    negative_prompt: prompt?.negative_prompt ?? negative,
    category: prompt?.category ?? "",
  };
}

function Form({ prompt, begun, onDone }: FormProps) {
  const [input, setInput] = useState(() => startOf(prompt, begun));
  const save = useSave(prompt, ({ name }) => {
    toast({ kind: "info", message: `“${name}” is in the library.` });
    onDone();
  });
  const trouble = fieldErrorsOf(save.error);
  const edit = (change: Partial<typeof input>) => {
    save.reset();
    setInput((now) => ({ ...now, ...change }));
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const { negative_prompt, category } = input;
    const emptyIsNull = { negative_prompt: negative_prompt.trim() ? negative_prompt : null };
    if (!save.isPending) save.mutate({ ...input, ...emptyIsNull, category: category.trim() || null });
  };
  return (
    <form onSubmit={send} className="flex flex-col gap-3">
      <Field label="Name" error={trouble.name}>
        {(props) => (
          <Input
            {...props}
            autoFocus
            required
            maxLength={255}
            autoComplete="off"
            value={input.name}
            onChange={(event) => edit({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label="Prompt" error={trouble.prompt_text}>
        {(props) => (
          <TextArea
            {...props}
            required
            rows={4}
            maxLength={100_000}
            value={input.prompt_text}
            onChange={(event) => edit({ prompt_text: event.target.value })}
          />
        )}
      </Field>
      <Field label="Negative prompt" hint="What to avoid; optional." error={trouble.negative_prompt}>
        {(props) => (
          <TextArea
            {...props}
            rows={2}
            maxLength={100_000}
            value={input.negative_prompt}
            onChange={(event) => edit({ negative_prompt: event.target.value })}
          />
        )}
      </Field>
      <VariableNames texts={[input.prompt_text, input.negative_prompt]} />
      <CategoryField category={input.category} onChange={(category) => edit({ category })} error={trouble.category} />
      <Refusal message={save.error && messageOf(save.error)} />
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="strong" busy={save.isPending}>
          {prompt ? "Save" : "Save prompt"}
        </Button>
      </DialogActions>
    </form>
  );
}

interface CategoryFieldProps {
  category: string;
  onChange: (category: string) => void;
  error: string | undefined;
}

function CategoryField({ category, onChange, error }: CategoryFieldProps) {
  const { data: known = [] } = useQuery(categoriesOptions);
  const listId = useId();
  return (
    <Field label="Category" hint="Any word; prompts of one category are found together." error={error}>
      {(props) => (
        <>
          <Input
            {...props}
            list={listId}
            maxLength={100}
            autoComplete="off"
            value={category}
            onChange={(event) => onChange(event.target.value)}
          />
          <datalist id={listId}>
            {known.map((one) => (
              <option key={one.category} value={one.category} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
