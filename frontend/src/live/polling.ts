import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, read } from "@/api/client";
import { ApiFailure } from "@/api/failure";
import type { ActiveItem } from "@/api/types";
import { setConnection, useConnection } from "./connection";

const POLL_MS = 2_000;
const LIVE_POLL_MS = 30_000;

/** The generations that have not ended, of the workspace: the truth that events only announce. */
export const activeOptions = queryOptions({
  queryKey: ["active"],
  queryFn: async ({ signal }): Promise<ActiveItem[]> => {
    const items = await read(api.GET("/api/active", { signal }));
    return items.filter((item) => item.kind === "generation");
  },
  staleTime: 0,
  retry: false,
  meta: { upkeep: "counts" },
});

/** Asks often while no events arrive, and seldom while they do, in case one was lost. */
export function usePolling(onActive: (items: ActiveItem[]) => void): void {
  const connection = useConnection((now) => now.connection);
  const { data, dataUpdatedAt, error, isSuccess } = useQuery({
    ...activeOptions,
    refetchInterval: connection === "live" ? LIVE_POLL_MS : POLL_MS,
  });
  useEffect(() => {
    if (data && dataUpdatedAt > 0) onActive(data);
  }, [data, dataUpdatedAt, onActive]);
  useEffect(() => {
    const isAway = error instanceof ApiFailure && (error.status === 0 || error.status >= 500);
    if (connection !== "live" && isAway) setConnection("away");
    if (connection === "away" && isSuccess) setConnection("polling");
  }, [connection, error, isSuccess]);
}
