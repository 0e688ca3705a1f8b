import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import type { components } from "@/api/schema";
import type { CheckResult } from "./problems";

type Input = components["schemas"]["CheckInput"];

/**
 * What would be refused if the workflow were run with this. While it is asked anew, the last answer about the same
 * workflow stands.
 */
export const checkOptions = (workflowId: string, profileId: string | null, input: Input = {}) =>
  queryOptions({
    queryKey: ["workflow-check", workflowId, profileId, input],
    queryFn: ({ signal }): Promise<CheckResult> => {
      const query = profileId === null ? {} : { profile_id: profileId };
      const params = { path: { workflow_id: workflowId }, query };
      return read(api.POST("/api/comfyui/workflows/{workflow_id}/check", { params, body: input, signal }));
    },
    placeholderData: (before, last) => (last?.queryKey[1] === workflowId ? before : undefined),
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  });
