import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import type { components } from "@/api/schema";
import { rereadWorkflows, workflowsOptions } from "../queries";

export type Version = components["schemas"]["VersionSummary"];
export type Difference = components["schemas"]["Difference"];

const keyOf = (workflowId: string) => [...workflowsOptions.queryKey, workflowId, "versions"];

/** The newest first. */
export const versionsOptions = (workflowId: string) =>
  queryOptions({
    queryKey: keyOf(workflowId),
    queryFn: ({ signal }) => {
      const params = { path: { workflow_id: workflowId } };
      return read(api.GET("/api/comfyui/workflows/{workflow_id}/versions", { params, signal }));
    },
  });

/** With its graph; a version never changes. */
export const versionOptions = (workflowId: string, number: number) =>
  queryOptions({
    queryKey: ["workflow-version", workflowId, number],
    queryFn: ({ signal }) => {
      const params = { path: { workflow_id: workflowId, number } };
      return read(api.GET("/api/comfyui/workflows/{workflow_id}/versions/{number}", { params, signal }));
    },
    staleTime: Number.POSITIVE_INFINITY,
    meta: { upkeep: "own" },
  });

export const differenceOptions = (workflowId: string, from: number, to: number) =>
  queryOptions({
    queryKey: ["workflow-difference", workflowId, from, to],
    queryFn: ({ signal }) => {
      const params = { path: { workflow_id: workflowId }, query: { from, to } };
      return read(api.GET("/api/comfyui/workflows/{workflow_id}/diff", { params, signal }));
    },
    staleTime: Number.POSITIVE_INFINITY,
    meta: { upkeep: "own" },
  });

/** Its content becomes the newest version; none is lost. */
export async function returnTo(workflowId: string, number: number) {
  const params = { path: { workflow_id: workflowId, number } };
  const workflow = await read(api.POST("/api/comfyui/workflows/{workflow_id}/versions/{number}/restore", { params }));
  await rereadWorkflows();
  return workflow;
}
