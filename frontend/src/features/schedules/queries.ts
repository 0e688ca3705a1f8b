import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, body, read } from "@/api/client";

const PAGE = 50;
const RUNS = 10;

/** Newest first. */
export const schedulesOptions = infiniteQueryOptions({
  queryKey: ["schedules", "list"],
  queryFn: async ({ pageParam, signal }) => {
    const query = { page: pageParam, limit: PAGE };
    const { data, pagination } = await body(api.GET("/api/schedules", { params: { query }, signal }));
    return { rows: data, total: pagination.total, next: pageParam < pagination.pages ? pageParam + 1 : null };
  },
  initialPageParam: 1,
  getNextPageParam: ({ next }) => next,
});

export const scheduleOptions = (scheduleId: string) =>
  queryOptions({
    queryKey: ["schedules", "one", scheduleId],
    queryFn: ({ signal }) =>
      read(api.GET("/api/schedules/{schedule_id}", { params: { path: { schedule_id: scheduleId } }, signal })),
  });

/** What it has started, newest first. */
export const runsOptions = (scheduleId: string) =>
  infiniteQueryOptions({
    queryKey: ["schedules", "runs", scheduleId],
    queryFn: async ({ pageParam, signal }) => {
      const params = { path: { schedule_id: scheduleId }, query: { page: pageParam, limit: RUNS } };
      const asked = api.GET("/api/schedules/{schedule_id}/runs", { params, signal });
      const { data, pagination } = await body(asked);
      return { rows: data, total: pagination.total, next: pageParam < pagination.pages ? pageParam + 1 : null };
    },
    initialPageParam: 1,
    getNextPageParam: ({ next }) => next,
    meta: { upkeep: "counts" },
  });

/** When it would run, as the server reckons; its refusal says what is wrong with it. */
export const previewOptions = (when: { cron?: string; at?: string; time_zone: string }) =>
  queryOptions({
    queryKey: ["schedules", "preview", when],
    queryFn: ({ signal }) => read(api.POST("/api/schedules/preview", { body: when, signal })),
    staleTime: 10_000,
    enabled: when.cron !== undefined || when.at !== undefined,
  });
