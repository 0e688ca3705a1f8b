import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { queryClient } from "@/api/queries";
import type { Session } from "@/api/types";

/** The most recently active first. */
export const sessionsOptions = queryOptions({
  queryKey: ["sessions"],
  queryFn: ({ signal }) => read(api.GET("/api/comfyui/sessions", { signal })),
  meta: { upkeep: "counts" },
});

/** One that the list does not have (yet). */
export const sessionOptions = (sessionId: string) =>
  queryOptions({
    queryKey: [...sessionsOptions.queryKey, sessionId],
    queryFn: ({ signal }): Promise<Session> => {
      const params = { path: { session_id: sessionId }, query: { limit: 1 } };
      return read(api.GET("/api/comfyui/sessions/{session_id}", { params, signal }));
    },
  });

export const rereadSessions = () => queryClient.invalidateQueries({ queryKey: sessionsOptions.queryKey });
