import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, body } from "@/api/client";
import { queryClient } from "@/api/queries";
import type { components } from "@/api/schema";

export type KeptNotification = components["schemas"]["NotificationOut"];

const COUNT_MS = 60_000;

export const notificationsOptions = infiniteQueryOptions({
  queryKey: ["notifications", "list"],
  queryFn: ({ pageParam, signal }) => {
    const query = { limit: 20, ...(pageParam === null ? {} : { cursor: pageParam }) };
    return body(api.GET("/api/notifications", { params: { query }, signal }));
  },
  initialPageParam: null as string | null,
  getNextPageParam: ({ next_cursor }) => next_cursor,
});

/** How many were not read, of one's own and of those for everybody. */
export const unreadOptions = queryOptions({
  queryKey: ["notifications", "unread"],
  queryFn: async ({ signal }) => {
    const query = { unread: true, limit: 1 };
    return (await body(api.GET("/api/notifications", { params: { query }, signal }))).unread_count;
  },
  refetchInterval: COUNT_MS,
});

export const rereadNotifications = () => queryClient.invalidateQueries({ queryKey: ["notifications"] });
