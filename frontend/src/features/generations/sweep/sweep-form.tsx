import { type FormEvent, useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { fieldErrorsOf, messageOf } from "@/api/failure";
import { keysByInput } from "@/api/same-input";
import { Button } from "@/ui/button";
import { useChange } from "@/ui/change";
import { DialogActions } from "@/ui/dialog";
import { toast } from "@/ui/toast";
import { draftOf, NO_SESSION } from "../drafts";
import type { Form } from "../form/use-form";
import { askSweep, type Batch } from "./ask";
import { MOST_AXES, problemOf, textVariable, totalOf, type Variable, valuesOf, variableOf } from "./axes";
import { AxisRow } from "./axis-row";
import { sweepErrors } from "./errors";
import { GridPreview } from "./grid-preview";
import { SweepSettings } from "./sweep-settings";
import { useSweep } from "./use-sweep";
import { VariablePicker } from "./variable-picker";

interface SweepFormProps {
  sessionId: string | null;
  form: Form;
  onDone: () => void;
}

/** Which parameters vary, and through which values. */
export default function SweepForm({ sessionId, form, onDone }: SweepFormProps) {
  const navigate = useNavigate();
  const [keyFor] = useState(keysByInput);
  const variables = useMemo(() => variablesOf(form, sessionId), [form, sessionId]);
  const { axes, mode, limit, add, change, remove, set } = useSweep();
  const lines = axes.flatMap((axis) => {
    const variable = variables.get(axis.name);
    return variable ? [{ axis, variable, ...valuesOf(axis, variable) }] : [];
  });
  const counts = lines.map(({ count }) => count);
  const { total, told } = totalOf(counts, mode);
  const problem = problemOf(counts, mode, limit);
  const sending = useChange({
    ask: () => {
      const asked = lines.map(({ axis, values }) => ({ parameter: axis.name, values: [...values] }));
      return askSweep(sessionId, form, { axes: asked, mode, limit }, keyFor);
    },
    stale: [["batches"]],
    onDone: (batch: Batch) => {
      onDone();
      if (sessionId === null && batch.session_id) navigate(`/comfyui/${batch.session_id}`);
      const run = () => navigate(`/batches/${batch.id}`);
      toast({ kind: "info", message: `${batch.total} pictures are queued.`, action: { label: "Show the grid", run } });
    },
  });
  const fields = fieldErrorsOf(sending.error);
  const errors = sweepErrors(fields);
  const refusal = sending.error && Object.keys(fields).length === 0 ? [messageOf(sending.error)] : errors.others;
  /** The form that generates, which this one was opened from, is not to hear of it. */
  const send = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (problem === null && !sending.isPending) sending.mutate();
  };
  const forget = () => sending.error && sending.reset();
  const free = [...variables.values()].filter(({ name }) => !axes.some((axis) => axis.name === name));

  return (
    <form onSubmit={send} noValidate className="flex flex-col gap-4">
      {lines.map(({ axis, variable, count, values, problem }, at) => (
        <AxisRow
          key={axis.key}
          axis={axis}
          variable={variable}
          count={count}
          values={values}
          problems={[...(problem ? [problem] : []), ...(errors.ofAxes.get(at) ?? [])]}
          onChange={(changed) => {
            forget();
            change(axis.key, changed);
          }}
          onRemove={() => {
            forget();
            remove(axis.key);
          }}
        />
      ))}
      {lines.length < MOST_AXES && free.length > 0 && (
        <VariablePicker variables={free} isFirst={lines.length === 0} onPick={add} />
      )}
      <SweepSettings axes={lines.length} mode={mode} limit={limit} onChange={set} />
      {lines.length > 0 && <GridPreview lines={lines} mode={mode} />}
      {refusal.length > 0 && (
        <div role="alert" className="text-bad text-sm">
          {refusal.map((message) => (
            <p key={message}>{message}</p>
          ))}
        </div>
      )}
      <p role="status" className="text-sm">
        <span className="font-semibold tabular-nums">{told}</span>
        {problem && lines.length > 0 && <span className="text-bad"> · {problem}</span>}
      </p>
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="strong" disabled={problem !== null} busy={sending.isPending}>
          Queue {problem === null ? total.toLocaleString("en") : ""} {total === 1 ? "picture" : "pictures"}
        </Button>
      </DialogActions>
    </form>
  );
}

/** All that a form can set and that may be different each time, by name. */
function variablesOf({ workflow, values }: Form, sessionId: string | null): ReadonlyMap<string, Variable> {
  const draft = draftOf(sessionId ?? NO_SESSION);
  const { prompt_text, negative_prompt } = workflow;
  const texts = [
    ...(prompt_text === null ? [] : [textVariable("prompt_text", "Prompt", draft.promptText ?? prompt_text)]),
    ...(negative_prompt === null
      ? []
      : [textVariable("negative_prompt", "Negative prompt", draft.negativePrompt ?? negative_prompt)]),
  ];
  const numbers = [...values.standard.values(), ...values.others].flatMap(variableOf);
  return new Map([...texts, ...numbers].map((variable) => [variable.name, variable]));
}
