import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";

const query = (profileId: string | null) => (profileId === null ? {} : { query: { profile_id: profileId } });

/** A workflow with the choices that this profile's ComfyUI offers now. */
export const formWorkflowOptions = (workflowId: string, profileId: string | null) =>
  queryOptions({
    queryKey: ["workflows", workflowId, { profileId }],
    queryFn: ({ signal }) => {
      const params = { path: { workflow_id: workflowId }, ...query(profileId) };
      return read(api.GET("/api/comfyui/workflows/{workflow_id}", { params, signal }));
    },
  });

/** The lists of names that this profile's ComfyUI knows. */
export const choicesOptions = (profileId: string | null) =>
  queryOptions({
    queryKey: ["comfyui-options", profileId],
    queryFn: ({ signal }) => read(api.GET("/api/comfyui/options", { params: query(profileId), signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
