import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, body, read } from "@/api/client";
import { type Filters, queryOf, type SortName } from "./filters";
import { type Found, type FoundPage, withNewest } from "./newest";

export type { FoundPage };

export const ALL = ["generations"] as const;
export const FOUND = [...ALL, "found"] as const;
export const HEAD = [...ALL, "head"] as const;
const PAGE = 60;

async function readPage(filters: Filters, sort: SortName, cursor: string, signal: AbortSignal): Promise<FoundPage> {
  const query = { ...queryOf(filters, sort), limit: PAGE, ...(cursor === "" ? {} : { cursor }) };
  return await body(api.GET("/api/comfyui/generations", { params: { query }, signal }));
}

/** All that is found, page by page; `upkeep.ts` keeps the rows true. */
export const foundOptions = (filters: Filters, sort: SortName) =>
  infiniteQueryOptions({
    queryKey: [...FOUND, filters, sort],
    queryFn: ({ pageParam, signal }) => readPage(filters, sort, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: (known, told) => withNewest(known as Found | undefined, told as Found),
  });

/** What the first page says now, to see what is new without moving what is in sight. */
export const headOptions = (filters: Filters, sort: SortName) =>
  queryOptions({
    queryKey: [...HEAD, filters, sort],
    queryFn: ({ signal }) => readPage(filters, sort, "", signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });

/** Asked for by itself: of very many rows the counting takes longer than the first page. */
export const facetsOptions = (filters: Filters) =>
  queryOptions({
    queryKey: [...ALL, "facets", filters],
    queryFn: async ({ signal }) => {
      const query = { ...queryOf(filters, "newest"), limit: 1, facets: true };
      return (await body(api.GET("/api/comfyui/generations", { params: { query }, signal }))).facets;
    },
    retry: false,
  });

/** One of them with all that is kept of it. */
export const generationOptions = (id: string) =>
  queryOptions({
    queryKey: [...ALL, "one", id],
    queryFn: ({ signal }) =>
      read(api.GET("/api/comfyui/generations/{generation_id}", { params: { path: { generation_id: id } }, signal })),
  });
