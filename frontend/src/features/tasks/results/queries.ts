import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, body, read } from "@/api/client";
import { inAWhile } from "@/api/in-a-while";
import { queryClient } from "@/api/queries";
import type { components } from "@/api/schema";

export type Result = components["schemas"]["ResultOut"];
type Type = components["schemas"]["Modality"];

const PAGE = 20;
const REREAD_MS = 5_000;

/** Newest first, of one type or of all. */
export const resultsOptions = (type: Type | null) =>
  infiniteQueryOptions({
    queryKey: ["results", "list", type],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(type ? { type } : {}), ...(pageParam === null ? {} : { cursor: pageParam }) };
      const { data, pagination, next_cursor } = await body(api.GET("/api/results", { params: { query }, signal }));
      return { rows: data, total: pagination.total, next: next_cursor };
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

export const readResult = (id: string): Promise<Result> =>
  read(api.GET("/api/results/{result_id}", { params: { path: { result_id: id } } }));

/** Whole: lists end texts after 1,000 letters. */
export const resultOptions = (id: string) =>
  queryOptions({ queryKey: ["results", "one", id], queryFn: () => readResult(id) });

/** Addresses of files hold for an hour; after a file that did not load the newest are asked for, once for all of them. */
export const rereadOnce = inAWhile(() => {
  for (const key of ["results", "tasks"]) void queryClient.invalidateQueries({ queryKey: [key] });
}, REREAD_MS);
