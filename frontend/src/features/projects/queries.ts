import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";

/** By name, each with the counts of what is in it. */
export const projectsOptions = queryOptions({
  queryKey: ["projects"],
  queryFn: ({ signal }) => read(api.GET("/api/projects", { signal })),
  meta: { upkeep: "counts" },
});

export const NEWEST = 24;

/** The newest completed generations of a project's sessions. */
export const picturesOptions = (projectId: string) =>
  queryOptions({
    queryKey: ["generations", "newest", { projectId }],
    queryFn: ({ signal }) => {
      const query = { project_id: projectId, status: ["completed" as const], limit: NEWEST };
      return read(api.GET("/api/comfyui/generations", { params: { query }, signal }));
    },
    meta: { upkeep: "counts" },
  });
