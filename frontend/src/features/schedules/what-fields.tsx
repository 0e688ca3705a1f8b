import { Braces } from "lucide-react";
import { useState } from "react";
import { ComfyUIFields } from "@/features/tasks/form/comfyui-fields";
import { TaskFields } from "@/features/tasks/form/fields";
import { errorAt, type Trouble } from "@/features/tasks/form/trouble";
import { Button } from "@/ui/button";
import { Field, TextArea } from "@/ui/field";
import { KINDS, type Kind } from "./schedule";
import { formRequest, type ScheduleForm, withoutJson } from "./schedule-form";

interface WhatFieldsProps {
  form: ScheduleForm;
  /** What an existing one does cannot become the other kind. */
  isFixed: boolean;
  trouble: Trouble;
  edit: (change: Partial<ScheduleForm>) => void;
}

/** What is done each time: by the form, or as the API takes it. */
export function WhatFields({ form, isFixed, trouble, edit }: WhatFieldsProps) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="mb-2 font-semibold">What</legend>
      <div className="flex flex-wrap items-center gap-x-5">
        {!isFixed &&
          (Object.keys(KINDS) as Kind[]).map((kind) => (
            <label key={kind} className="flex min-h-9 items-center gap-2 text-sm">
              <input
                type="radio"
                name="schedule-kind"
                className="size-4 accent-accent"
                checked={form.kind === kind}
                onChange={() => edit({ kind, json: null })}
              />
              {KINDS[kind]}
            </label>
          ))}
        {isFixed && <p className="text-sm">{KINDS[form.kind]}</p>}
        <JsonSwitch form={form} edit={edit} />
      </div>
      {form.json !== null && <JsonField form={form} trouble={trouble} edit={edit} />}
      {form.json === null && form.kind === "task" && (
        <TaskFields
          isScheduled
          form={form.task}
          trouble={trouble}
          edit={(change) => edit({ task: { ...form.task, ...change } })}
        />
      )}
      {form.json === null && form.kind === "generation" && (
        <GenerationFields form={form} trouble={trouble} edit={edit} />
      )}
    </fieldset>
  );
}

type Part = Omit<WhatFieldsProps, "isFixed">;

function GenerationFields({ form: { generation }, trouble, edit }: Part) {
  const change = (next: Partial<typeof generation>) => edit({ generation: { ...generation, ...next } });
  return (
    <>
      <Field label="Prompt" hint="Empty: what the workflow has." error={errorAt(trouble, "prompt_text")}>
        {(props) => (
          <TextArea
            {...props}
            rows={4}
            value={generation.prompt}
            onChange={(event) => change({ prompt: event.target.value })}
          />
        )}
      </Field>
      <ComfyUIFields
        part={generation.comfyui}
        profileId={null}
        trouble={trouble}
        withoutWorkflow="That of the session"
        edit={(next) => change({ comfyui: { ...generation.comfyui, ...next } })}
      />
    </>
  );
}

function JsonField({ form, trouble, edit }: Part) {
  const messages = [...new Set(Object.values(trouble))];
  const hint =
    form.kind === "task"
      ? "As it would be sent to POST /api/tasks."
      : "As generate takes it, with session_id or workflow_id.";
  return (
    <Field label="Request" hint={hint} error={messages.length > 0 ? messages.join(" ") : undefined}>
      {(props) => (
        <TextArea
          {...props}
          rows={12}
          spellCheck={false}
          className="font-mono text-xs"
          value={form.json ?? ""}
          onChange={(event) => edit({ json: event.target.value })}
        />
      )}
    </Field>
  );
}

function JsonSwitch({ form, edit }: Pick<Part, "form" | "edit">) {
  const [told, setTold] = useState("");
  const change = () => {
    setTold("");
    if (form.json === null) {
      edit({ json: JSON.stringify(formRequest(form), null, 2) });
      return;
    }
    const back = withoutJson(form);
    if (back) edit(back);
    else setTold("The form has no place for all of this, or it is no JSON object.");
  };
  return (
    <span className="ml-auto flex flex-wrap items-center gap-2">
      <span role="status" className="text-bad text-xs">
        {told}
      </span>
      <Button look="quiet" onClick={change}>
        <Braces size={16} aria-hidden />
        {form.json === null ? "As JSON" : "As a form"}
      </Button>
    </span>
  );
}
