import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { LoraUsed, Workflow } from "@/api/types";
import { workflowOptions } from "@/features/workflows/queries";
import { changeDraft, draftOf, NO_SESSION, useDraft } from "../drafts";
import type { Draft } from "./draft";
import { type Extracted, type FormValues, formValues, nameOf, type Value, withValue } from "./parameters";
import { forgetErrors, useSending } from "./sending";

export interface Form {
  key: string;
  workflow: Workflow;
  values: FormValues;
  errors: Readonly<Record<string, string>>;
}

interface FormState {
  form: Form | null;
  isPending: boolean;
  error: Error | null;
  retry: () => void;
}

/** What can be set in a session: the parameters of its workflow, with what its draft changes. */
export function useForm(sessionId: string | null, workflowId: string | null, profileId: string | null): FormState {
  const key = sessionId ?? NO_SESSION;
  const { part: parameters, isReady } = useDraft(key, (draft) => draft.parameters);
  const enabled = workflowId !== null;
  const { data, isPending, error, refetch } = useQuery({
    ...workflowOptions(workflowId ?? "", profileId),
    enabled,
  });
  const { errors } = useSending(key);
  const form = useMemo(
    () => (data && isReady ? { key, workflow: data, values: formValues(data, parameters), errors } : null),
    [key, parameters, data, isReady, errors],
  );
  return {
    form,
    isPending: enabled && (isPending || !isReady),
    error: data ? null : error,
    retry: () => void refetch(),
  };
}

export const setText = (key: string, change: Pick<Partial<Draft>, "promptText" | "negativePrompt">) =>
  changeDraft(key, change);

export function setValue(key: string, extracted: Extracted, value: Value | undefined): void {
  forgetErrors(key, [nameOf(extracted), `${extracted.nodeId}.${extracted.field}`]);
  changeDraft(key, { parameters: withValue(draftOf(key).parameters, extracted, value) });
}

export function setLoras(key: string, loras: readonly LoraUsed[] | undefined): void {
  forgetErrors(key, ["loras"]);
  const { loras: _, ...others } = draftOf(key).parameters;
  changeDraft(key, { parameters: loras === undefined ? others : { ...others, loras } });
}

export function resetAll(key: string): void {
  forgetErrors(key);
  changeDraft(key, { parameters: {} });
}
