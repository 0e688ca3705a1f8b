import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { newestOf } from "./newest";

const HEALTH_MS = 12_000;
const STATS_MS = 30_000;

export const healthOptions = queryOptions({
  queryKey: ["health"],
  queryFn: ({ signal }) => read(api.GET("/api/health", { signal })),
  refetchInterval: HEALTH_MS,
  staleTime: 5_000,
  retry: false,
});

export const statsOptions = queryOptions({
  queryKey: ["stats"],
  queryFn: ({ signal }) => read(api.GET("/api/stats", { signal })),
  refetchInterval: STATS_MS,
  staleTime: 5_000,
  meta: { upkeep: "counts" },
});

const DAYS_MS = 60_000;

/** What was made on each of the last 30 days. */
export const daysOptions = queryOptions({
  queryKey: ["stats", "days"],
  queryFn: ({ signal }) => read(api.GET("/api/stats/days", { signal })),
  refetchInterval: DAYS_MS,
});

const MOST_OF_A_KIND = 8;

/** The newest of every kind. */
export const activityOptions = queryOptions({
  queryKey: ["stats", "activity"],
  queryFn: async ({ signal }) => {
    const params = { query: { limit: MOST_OF_A_KIND } };
    const [generations, tasks, conversations, batches] = await Promise.all([
      read(api.GET("/api/comfyui/generations", { params, signal })),
      read(api.GET("/api/tasks", { params, signal })),
      read(api.GET("/api/conversations", { params, signal })),
      read(api.GET("/api/comfyui/batches", { params, signal })),
    ]);
    return newestOf({ generations, tasks, conversations, batches });
  },
  refetchInterval: STATS_MS,
  staleTime: 5_000,
  meta: { upkeep: "counts" },
});
