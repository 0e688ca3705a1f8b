import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, body, read } from "@/api/client";

const MOST = 200;
const LOAD_MS = 10_000;

/** What waits for a ComfyUI, by its place in the queue; whose turn it is, `inTurn` tells. */
export const waitingOptions = infiniteQueryOptions({
  queryKey: ["generations", "queue", "waiting"],
  queryFn: async ({ pageParam, signal }) => {
    const query = {
      sort: "queue" as const,
      status: ["pending" as const],
      limit: MOST,
      ...(pageParam === null ? {} : { cursor: pageParam }),
    };
    const page = await body(api.GET("/api/comfyui/generations", { params: { query }, signal }));
    return { rows: page.data, total: page.pagination.total, next: page.next_cursor };
  },
  initialPageParam: null as string | null,
  getNextPageParam: ({ next }) => next,
  meta: { upkeep: "counts" },
});

export const runningOptions = queryOptions({
  queryKey: ["generations", "queue", "running"],
  queryFn: ({ signal }) => {
    const query = { status: ["running" as const], limit: MOST, order: "asc" as const };
    return read(api.GET("/api/comfyui/generations", { params: { query }, signal }));
  },
  meta: { upkeep: "counts" },
});

/** Those of a ComfyUI are generations, and stand among them. */
export const activeTasksOptions = queryOptions({
  queryKey: ["tasks", "active"],
  queryFn: async ({ signal }) => {
    const query = { status: ["pending" as const, "running" as const], limit: MOST };
    const { data, pagination } = await body(api.GET("/api/tasks", { params: { query }, signal }));
    return { rows: data.filter(({ generation_id }) => generation_id === null), total: pagination.total };
  },
});

export const loadOptions = queryOptions({
  queryKey: ["backends", "load"],
  queryFn: ({ signal }) => read(api.GET("/api/comfyui/backends", { signal })),
  refetchInterval: LOAD_MS,
});
