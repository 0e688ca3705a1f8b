import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, body, read } from "@/api/client";
import { useConnection } from "@/live/connection";
import type { TaskFilter } from "./filters";
import type { Task } from "./task";

const PAGE = 30;
const POLL_MS = 3_000;

export interface TaskPage {
  rows: readonly Task[];
  total: number;
  next: string | null;
}

/** How often tasks are asked for while no events arrive; false while they do. */
export const usePollMs = () => useConnection(({ connection }) => (connection === "live" ? false : POLL_MS));

/** Newest first; `past` lists only those that have ended. */
export const tasksOptions = (filter: TaskFilter, past = false) =>
  infiniteQueryOptions({
    queryKey: ["tasks", past ? "history" : "list", filter],
    queryFn: async ({ pageParam, signal }): Promise<TaskPage> => {
      const query = { ...filter, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) };
      const asked = past
        ? api.GET("/api/tasks/history", { params: { query }, signal })
        : api.GET("/api/tasks", { params: { query }, signal });
      const { data, pagination, next_cursor } = await body(asked);
      return { rows: data, total: pagination.total, next: next_cursor };
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

/** One as a whole, with its result. */
export const taskOptions = (taskId: string) =>
  queryOptions({
    queryKey: ["tasks", "one", taskId],
    queryFn: ({ signal }) => read(api.GET("/api/tasks/{task_id}", { params: { path: { task_id: taskId } }, signal })),
  });

/** Each once, although a row may have moved to the next page meanwhile. */
export function allRows(pages: readonly TaskPage[] | undefined): Task[] {
  return [...new Map(pages?.flatMap(({ rows }) => rows).map((row) => [row.id, row])).values()];
}
