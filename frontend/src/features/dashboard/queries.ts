import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";

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
