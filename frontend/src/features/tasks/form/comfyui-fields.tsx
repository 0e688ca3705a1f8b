import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { nameOf } from "@/features/generations/form/parameters";
import { ValueControl } from "@/features/generations/form/value-control";
import { sessionsOptions } from "@/features/sessions/queries";
import { workflowOptions, workflowsOptions } from "@/features/workflows/queries";
import { Field, Select, TextArea } from "@/ui/field";
import { PairRows } from "@/ui/pair-rows";
import { type Pair, typedText, typedValue } from "@/ui/pairs";
import type { ComfyUIPart } from "./task-form";
import { errorAt, type Trouble } from "./trouble";

interface ComfyUIFieldsProps {
  part: ComfyUIPart;
  profileId: string | null;
  trouble: Trouble;
  /** Said where no workflow is chosen. */
  withoutWorkflow: string;
  edit: (change: Partial<ComfyUIPart>) => void;
}

/** Which workflow runs, in which session, and with what set otherwise. */
export function ComfyUIFields({ part, profileId, trouble, withoutWorkflow, edit }: ComfyUIFieldsProps) {
  const { data: workflows = [] } = useQuery(workflowsOptions);
  const { data: sessions = [] } = useQuery(sessionsOptions);
  const ofProfile = workflows.filter(
    (one) => profileId === null || one.profile_id === null || one.profile_id === profileId,
  );
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Workflow" error={errorAt(trouble, "workflow_id") ?? errorAt(trouble, "workflow_json")}>
          {(props) => (
            <Select {...props} value={part.workflowId} onChange={(event) => edit({ workflowId: event.target.value })}>
              <option value="">{withoutWorkflow}</option>
              {part.workflowId && !ofProfile.some(({ id }) => id === part.workflowId) && (
                <option value={part.workflowId}>
                  {workflows.find(({ id }) => id === part.workflowId)?.name ?? "A workflow that is gone"}
                </option>
              )}
              {ofProfile.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Session" error={errorAt(trouble, "session_id")}>
          {(props) => (
            <Select {...props} value={part.sessionId} onChange={(event) => edit({ sessionId: event.target.value })}>
              <option value="">No session</option>
              {part.sessionId && !sessions.some(({ id }) => id === part.sessionId) && (
                <option value={part.sessionId}>A session that is gone</option>
              )}
              {sessions.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <Field label="Negative prompt" hint="Empty: what the workflow has." error={errorAt(trouble, "negative_prompt")}>
        {(props) => (
          <TextArea
            {...props}
            rows={2}
            value={part.negativePrompt}
            onChange={(event) => edit({ negativePrompt: event.target.value })}
          />
        )}
      </Field>
      <ParameterRows
        workflowId={part.workflowId || (sessions.find(({ id }) => id === part.sessionId)?.current_workflow_id ?? "")}
        profileId={profileId}
        parameters={part.parameters}
        trouble={trouble}
        onChange={(parameters) => edit({ parameters })}
      />
    </>
  );
}

const STANDARD = [
  "width",
  "height",
  "steps",
  "cfg_scale",
  "seed",
  "sampler_name",
  "scheduler",
  "denoise",
  "batch_size",
];

interface ParameterRowsProps {
  workflowId: string;
  profileId: string | null;
  parameters: readonly Pair[];
  trouble: Trouble;
  onChange: (parameters: readonly Pair[]) => void;
}

function ParameterRows({ workflowId, profileId, parameters, trouble, onChange }: ParameterRowsProps) {
  const id = useId();
  const { data: workflow } = useQuery({ ...workflowOptions(workflowId, profileId), enabled: workflowId !== "" });
  const known = new Map(workflow?.extracted_parameters.map((one) => [nameOf(one), one]));
  const control = (pair: Pair, label: string, setValue: (value: string) => void) => {
    const extracted = known.get(pair.name.trim());
    if (!extracted) return null;
    const typed = typedValue(pair.value);
    const value = pair.value !== "" && isPlain(typed) ? typed : extracted.value;
    return (
      <fieldset aria-label={label} className="min-w-0">
        <ValueControl
          id={`${id}-${pair.key}`}
          extracted={extracted}
          value={value}
          lastSeed={null}
          onChange={(next) => setValue(typedText(next))}
        />
      </fieldset>
    );
  };
  return (
    <PairRows
      legend="Parameters"
      noun="Parameter"
      hint="What the workflow shall have otherwise: steps, seed, or any input as node.input."
      names={known.size > 0 ? [...known.keys()] : STANDARD}
      pairs={parameters}
      errorOf={(name) => errorAt(trouble, `parameters.${name}`)}
      onChange={onChange}
      control={control}
    />
  );
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";
