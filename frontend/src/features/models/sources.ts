import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, body, read } from "@/api/client";
import { type Capability, choicesOf, type SourceChoices } from "./choices";

const LIVE_MS = 60_000;

/** Where one can chat. */
export const sourcesOptions = queryOptions({
  queryKey: ["models", "sources"],
  queryFn: ({ signal }) => read(api.GET("/api/chat/sources", { signal })),
});

/** What every profile lists, and what its Ollama has; takes a while where one is away. */
export const everyModelOptions = queryOptions({
  queryKey: ["models", "all"],
  queryFn: ({ signal }) => body(api.GET("/api/models", { signal })),
  staleTime: LIVE_MS,
});

/** Null while nothing is known yet. */
export function useChoices(needs: Capability) {
  const sources = useQuery(sourcesOptions);
  const models = useQuery(everyModelOptions);
  const choices = useMemo<SourceChoices[] | null>(
    () => (sources.data ? choicesOf(sources.data, models.data?.data ?? [], needs) : null),
    [sources.data, models.data, needs],
  );
  const isSettled = choices !== null && !models.isPending;
  return { choices, isSettled, error: sources.error, refetch: sources.refetch };
}
