import { useState } from "react";
import { Field, Input, TextArea } from "@/ui/field";
import { PairRows } from "@/ui/pair-rows";
import type { ProfileFieldsProps } from "./profile-fields";

const OPTIONS = ["temperature", "max_tokens", "top_p", "top_k", "num_ctx", "keep_alive", "stop", "seed"];

/** What calls of a profile have unless they say otherwise, and its place among others; open where something is refused. */
export function DefaultFields({ form, edit, trouble }: ProfileFieldsProps) {
  const [isOpen, setOpen] = useState(false);
  const isRefused = Object.keys(trouble).some((name) => REFUSED.test(name));
  return (
    <details open={isOpen || isRefused} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="cursor-pointer py-1 text-sm">Defaults and order</summary>
      <div className="mt-2 flex flex-col gap-4">
        {form.provider !== "comfyui" && <CallFields form={form} edit={edit} trouble={trouble} />}
        <Field
          label="Place in the order"
          hint="From 0. The first of a provider is the one that its name alone means. Empty: after these, by age."
          error={trouble.position}
        >
          {(props) => (
            <Input
              {...props}
              type="number"
              min={0}
              step={1}
              value={form.position}
              onChange={({ target }) => edit({ position: target.value })}
            />
          )}
        </Field>
      </div>
    </details>
  );
}

const REFUSED = /^(prompt_template|options|first_byte_timeout_seconds|position)/;

function CallFields({ form, edit, trouble }: Omit<ProfileFieldsProps, "profile">) {
  return (
    <>
      <Field
        label="System prompt"
        hint="What its models are told before each chat that says nothing of its own."
        error={trouble.prompt_template}
      >
        {(props) => (
          <TextArea
            {...props}
            rows={3}
            value={form.template}
            onChange={({ target }) => edit({ template: target.value })}
          />
        )}
      </Field>
      <PairRows
        legend="Options"
        noun="Option"
        hint="Defaults of every call, by the provider’s own names."
        names={OPTIONS}
        pairs={form.options}
        errorOf={(name) => trouble[`options.${name}`] ?? trouble.options}
        onChange={(options) => edit({ options })}
      />
      <Field
        label="Patience in seconds"
        hint="How long its models may take to begin. Empty: 120."
        error={trouble.first_byte_timeout_seconds}
      >
        {(props) => (
          <Input
            {...props}
            type="number"
            min={1}
            max={1800}
            step={1}
            value={form.patience}
            onChange={({ target }) => edit({ patience: target.value })}
          />
        )}
      </Field>
    </>
  );
}
