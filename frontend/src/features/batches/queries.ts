import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, body, read } from "@/api/client";
import type { components } from "@/api/schema";
import type { Generation } from "@/api/types";
import { type Cells, withNewest } from "./cells";

export type Batch = components["schemas"]["BatchOut"];

export const ALL = ["batches"] as const;
const PAGE = 30;
const CELLS = 200;

/** The newest first. */
export const batchesOptions = (sessionId: string) =>
  infiniteQueryOptions({
    queryKey: [...ALL, "list", sessionId],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        limit: PAGE,
        ...(sessionId && { session_id: sessionId }),
        ...(pageParam && { cursor: pageParam }),
      };
      return body(api.GET("/api/comfyui/batches", { params: { query }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });

export const batchOptions = (batchId: string) =>
  queryOptions({
    queryKey: [...ALL, batchId],
    queryFn: ({ signal }) =>
      read(api.GET("/api/comfyui/batches/{batch_id}", { params: { path: { batch_id: batchId } }, signal })),
  });

export const cellsOptions = (batchId: string) =>
  queryOptions({
    queryKey: ["batch-cells", batchId],
    queryFn: ({ signal }) => readCells(batchId, signal),
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: (known, told) => withNewest(known as Cells | undefined, told as Cells),
  });

async function readCells(batchId: string, signal: AbortSignal): Promise<Cells> {
  const rows: Generation[] = [];
  let cursor: string | null = null;
  do {
    const query = { batch_id: batchId, limit: CELLS, ...(cursor === null ? {} : { cursor }) };
    const page: { data: Generation[]; next_cursor: string | null } = await body(
      api.GET("/api/comfyui/generations", { params: { query }, signal }),
    );
    rows.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return new Map(rows.map((row) => [row.batch_index, row]));
}

export const readCell = (id: string) =>
  read(api.GET("/api/comfyui/generations/{generation_id}", { params: { path: { generation_id: id } } }));
