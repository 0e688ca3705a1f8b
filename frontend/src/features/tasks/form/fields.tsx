import { clsx } from "clsx";
import { useState } from "react";
import { Field, Input, TextArea } from "@/ui/field";
import { NumberInput } from "@/ui/number-input";
import { PairRows } from "@/ui/pair-rows";
import { type TaskType, TYPE_NAMES, TYPES } from "../task";
import { ComfyUIFields } from "./comfyui-fields";
import { FallbackRows } from "./fallback-rows";
import { InputsField } from "./inputs-field";
import { ModelInput } from "./model-input";
import { SourceSelect } from "./source-select";
import { canMake, type TaskForm, takesInputs, takesWorkflow, USUAL_ATTEMPTS } from "./task-form";
import { errorAt, type Trouble } from "./trouble";

interface TaskFieldsProps {
  form: TaskForm;
  trouble: Trouble;
  edit: (change: Partial<TaskForm>) => void;
  /** A schedule says itself when it runs, and has its own name. */
  isScheduled?: boolean;
}

const OPTIONS: Readonly<Record<TaskType, readonly string[]>> = {
  text: ["max_tokens", "temperature", "top_p", "top_k", "stop", "seed", "presence_penalty", "frequency_penalty"],
  image: ["size", "quality", "background", "output_format"],
  audio: ["voice", "speed", "response_format"],
  video: ["size", "seconds"],
};

const USUAL_MODEL = "Empty: the provider’s usual one.";
const NO_USUAL_MODEL = "Name one, unless there is only one or the settings name it.";

/** All that a task can be asked for. */
export function TaskFields({ form, trouble, edit, isScheduled = false }: TaskFieldsProps) {
  const { type, provider } = form;
  return (
    <>
      <TypeChoice type={type} onChange={(next) => edit({ type: next, ...(canMake(provider, next) ? {} : AUTO) })} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Who makes it" error={errorAt(trouble, "provider") ?? errorAt(trouble, "profile_id")}>
          {(props) => (
            <SourceSelect
              {...props}
              withAuto
              type={type}
              source={form}
              onChange={(source) => edit({ ...source, model: "" })}
            />
          )}
        </Field>
        {provider !== "comfyui" && (
          <Field label="Model" hint={type === "text" ? NO_USUAL_MODEL : USUAL_MODEL} error={errorAt(trouble, "model")}>
            {(props) => (
              <ModelInput
                {...props}
                type={type}
                source={form}
                value={form.model}
                onChange={(model) => edit({ model })}
              />
            )}
          </Field>
        )}
      </div>
      <Field label="Prompt" error={errorAt(trouble, "prompt")}>
        {(props) => (
          <TextArea
            {...props}
            autoFocus={!isScheduled}
            rows={5}
            value={form.prompt}
            onChange={(event) => edit({ prompt: event.target.value })}
          />
        )}
      </Field>
      {takesInputs(form) && (
        <InputsField
          inputs={form.inputs}
          withSound={type === "text"}
          error={errorAt(trouble, "inputs")}
          onChange={(inputs) => edit({ inputs })}
        />
      )}
      {takesWorkflow(form) && (
        <ComfyUIFields
          part={form.comfyui}
          profileId={provider === "comfyui" ? form.profileId : null}
          trouble={trouble}
          withoutWorkflow="The usual one"
          edit={(change) => edit({ comfyui: { ...form.comfyui, ...change } })}
        />
      )}
      <More form={form} trouble={trouble} edit={edit} isScheduled={isScheduled} />
    </>
  );
}

const AUTO = { provider: "auto", profileId: null, model: "" } as const;

function TypeChoice({ type, onChange }: { type: TaskType; onChange: (type: TaskType) => void }) {
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-sm">What to make</legend>
      <div className="flex flex-wrap gap-2">
        {TYPE_NAMES.map((name) => {
          const { label, Icon } = TYPES[name];
          return (
            <label
              key={name}
              className={clsx(
                "flex min-h-9 cursor-pointer items-center gap-2 rounded-md border px-3 text-sm has-focus-visible:outline-2 has-focus-visible:outline-accent",
                name === type ? "border-accent font-semibold text-accent" : "border-control hover:bg-hover",
              )}
            >
              <input
                type="radio"
                name="task-type"
                className="sr-only"
                checked={name === type}
                onChange={() => onChange(name)}
              />
              <Icon size={16} aria-hidden />
              {label}
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

/** What most tasks leave as it is; open where something of it was set, or is refused. */
function More({ form, trouble, edit, isScheduled = false }: TaskFieldsProps) {
  const [isOpen, setOpen] = useState(
    () => form.options.length + form.fallback.length > 0 || form.priority !== 0 || form.maxAttempts !== USUAL_ATTEMPTS,
  );
  const isRefused = ["options", "fallback", "priority", "run_after", "max_attempts"].some((name) =>
    errorAt(trouble, name),
  );
  return (
    <details open={isOpen || isRefused} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="min-h-9 cursor-pointer py-1.5 font-medium text-sm">Options, fallbacks and time</summary>
      <div className="mt-2 flex flex-col gap-4">
        <PairRows
          legend="Options"
          noun="Option"
          hint="By the provider’s own names; whoever is asked must know them."
          names={OPTIONS[form.type]}
          pairs={form.options}
          errorOf={(name) => (name ? errorAt(trouble, `options.${name}`) : undefined)}
          onChange={(options) => edit({ options })}
        />
        <FallbackRows
          type={form.type}
          rows={form.fallback}
          trouble={trouble}
          onChange={(fallback) => edit({ fallback })}
        />
        <div className="grid gap-4 sm:grid-cols-3">
          <Field label="Priority" hint="−100 to 0; admins go above." error={errorAt(trouble, "priority")}>
            {(props) => (
              <NumberInput
                {...props}
                value={form.priority}
                step={1}
                onChange={(priority) => edit({ priority: Math.trunc(priority) })}
              />
            )}
          </Field>
          <Field label="Attempts at most" error={errorAt(trouble, "max_attempts")}>
            {(props) => (
              <NumberInput
                {...props}
                value={form.maxAttempts}
                min={1}
                max={10}
                step={1}
                onChange={(maxAttempts) => edit({ maxAttempts: Math.trunc(maxAttempts) })}
              />
            )}
          </Field>
          {!isScheduled && (
            <Field label="Not before" hint="Empty: at once." error={errorAt(trouble, "run_after")}>
              {(props) => (
                <Input
                  {...props}
                  type="datetime-local"
                  value={form.runAfter}
                  onChange={(event) => edit({ runAfter: event.target.value })}
                />
              )}
            </Field>
          )}
        </div>
      </div>
    </details>
  );
}
