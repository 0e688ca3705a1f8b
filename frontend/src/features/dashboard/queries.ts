import { queryOptions } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, read } from "@/api/client";
import { queryClient } from "@/api/queries";
import { useProgress } from "@/live/progress";
import { isStateChange } from "./state-change";

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
});

const GATHER_MS = 400;

/** Reads the queue and the counts again when a generation has begun or ended; many at a time cost one reading. */
export function useFreshQueue(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = useProgress.subscribe((now, before) => {
      if (timer !== undefined || !isStateChange(now, before)) return;
      timer = setTimeout(() => {
        timer = undefined;
        void queryClient.invalidateQueries({ queryKey: ["active"] });
        void queryClient.invalidateQueries({ queryKey: ["stats"] });
      }, GATHER_MS);
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, []);
}
