import { api, body, read } from "@/api/client";
import { queryClient } from "@/api/queries";
import type { components } from "@/api/schema";
import type { Workflow, WorkflowSummary } from "@/api/types";
import { readWorkflow, rereadWorkflows, workflowsOptions } from "./queries";

type Input = components["schemas"]["WorkflowInput"];
type Patch = components["schemas"]["WorkflowPatch"];

export const LONGEST_NAME = 255;

const pathOf = (id: string) => ({ params: { path: { workflow_id: id } } });

async function thenReread<Answer>(asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked;
  void rereadWorkflows();
  return answer;
}

/** A graph in `workflow_json` goes as text, to the letter: its numbers may be larger than JavaScript's. */
export const createWorkflow = (input: Input): Promise<Workflow> =>
  thenReread(read(api.POST("/api/comfyui/workflows", { body: input })));

/** The file goes as it is; a JSON text in it stays to the letter. */
export function importWorkflowFile(file: File, name: string | null, profileId: string | null): Promise<Workflow> {
  const bodySerializer = () => {
    const form = new FormData();
    form.append("file", file, file.name);
    if (name) form.append("name", name);
    if (profileId) form.append("profile_id", profileId);
    return form;
  };
  return thenReread(read(api.POST("/api/comfyui/workflows/upload", { body: { file: "" }, bodySerializer })));
}

export const changeWorkflow = (id: string, patch: Patch): Promise<Workflow> =>
  thenReread(read(api.PATCH("/api/comfyui/workflows/{workflow_id}", { ...pathOf(id), body: patch })));

/** Sets the named default parameters, null takes one away; done when the form has them too. */
export async function saveParameters(id: string, parameters: Record<string, unknown>): Promise<void> {
  await read(api.PUT("/api/comfyui/workflows/{workflow_id}/parameters", { ...pathOf(id), body: parameters }));
  await rereadWorkflows();
}

export async function deleteWorkflow(id: string): Promise<void> {
  const { queryKey } = workflowsOptions;
  await body(api.DELETE("/api/comfyui/workflows/{workflow_id}", pathOf(id)));
  await queryClient.cancelQueries({ queryKey, exact: true });
  queryClient.setQueryData(queryKey, (all) => all?.filter((one) => one.id !== id));
  void rereadWorkflows();
}

export const restoreWorkflow = (id: string): Promise<Workflow> =>
  thenReread(read(api.POST("/api/comfyui/workflows/{workflow_id}/restore", pathOf(id))));

export async function duplicateWorkflow({ id, name }: WorkflowSummary): Promise<Workflow> {
  const { workflow_json, profile_id, description, default_parameters } = await readWorkflow(id);
  return createWorkflow({
    workflow_json,
    profile_id,
    description,
    name: `${name.slice(0, LONGEST_NAME - 5)} copy`,
    default_parameters: default_parameters as NonNullable<Input["default_parameters"]>,
  });
}
