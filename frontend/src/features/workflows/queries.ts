import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { queryClient } from "@/api/queries";
import { rereadSessions } from "@/features/sessions/queries";

export const workflowsOptions = queryOptions({
  queryKey: ["workflows"],
  queryFn: ({ signal }) => read(api.GET("/api/comfyui/workflows", { signal })),
  meta: { upkeep: "counts" },
});

/** With the parameters that a form shows, and the choices that this profile's ComfyUI has for them now. */
export const workflowOptions = (workflowId: string, profileId: string | null) =>
  queryOptions({
    queryKey: [...workflowsOptions.queryKey, workflowId, { profileId }],
    queryFn: ({ signal }) => readWorkflow(workflowId, profileId, signal),
  });

/** Its graph to the letter, as it is stored now; each look reads it anew. */
export const workflowTextOptions = (workflowId: string) =>
  queryOptions({
    queryKey: ["workflow-text", workflowId],
    queryFn: async ({ signal }) => (await readWorkflow(workflowId, null, signal)).workflow_json,
    staleTime: 0,
    gcTime: 0,
    meta: { upkeep: "own" },
  });

export function readWorkflow(workflowId: string, profileId: string | null = null, signal: AbortSignal | null = null) {
  const query = profileId === null ? {} : { profile_id: profileId };
  const params = { path: { workflow_id: workflowId }, query };
  return read(api.GET("/api/comfyui/workflows/{workflow_id}", { params, signal }));
}

/** A session tells the name of its workflow, and loses it. */
export async function rereadWorkflows(): Promise<void> {
  await Promise.all([queryClient.invalidateQueries({ queryKey: workflowsOptions.queryKey }), rereadSessions()]);
}
