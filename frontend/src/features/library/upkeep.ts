import type { Query } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { ApiFailure } from "@/api/failure";
import { inAWhile } from "@/api/in-a-while";
import { queryClient } from "@/api/queries";
import type { Generation } from "@/api/types";
import { type Heard, onGeneration } from "@/features/generations/heard";
import { newer } from "@/features/generations/merge";
import type { Found, FoundPage } from "./newest";
import { ALL, FOUND, generationOptions, HEAD } from "./queries";

const GATHER_MS = 250;
const NEWS_MS = 2_000;
const MOST_SINGLE = 20;

const stale = new Set<string>();

/** From the first visit on, so that what is kept of earlier searches is true when somebody comes back to them. */
export function keepFoundTrue(): void {
  onGeneration(hear);
  void queryClient.invalidateQueries({ queryKey: HEAD });
}

function hear({ id, change, seq, row }: Heard): void {
  lookForNews();
  if (change === "deleted") forget(id);
  else if (change === "restored") rereadFound();
  else if (row) keep(row);
  else hearUpdate(id, seq);
}

/** Without a `seq` something is different that has none, such as a tag. */
function hearUpdate(id: string, seq: number | undefined): void {
  const known = knownRow(id);
  if (known && seq !== undefined && known.seq >= seq) return;
  void queryClient.invalidateQueries(generationOptions(id));
  if (!known) return;
  stale.add(id);
  rereadSoon();
}

/** What has come, and how many there are of each, is asked once for many events. */
const lookForNews = inAWhile(() => {
  for (const kind of ["head", "facets", "tags"]) void queryClient.invalidateQueries({ queryKey: [...ALL, kind] });
}, NEWS_MS);

/** A row that is back has a place among the others that only the server knows. */
export const rereadFound = inAWhile(() => void queryClient.invalidateQueries({ queryKey: FOUND }), GATHER_MS);

/** Few rows by themselves, of many the pages that have them. */
const rereadSoon = inAWhile(() => {
  const due = [...stale];
  stale.clear();
  if (due.length > MOST_SINGLE) rereadFound();
  else for (const id of due) void rereadOne(id);
}, GATHER_MS);

async function rereadOne(id: string): Promise<void> {
  try {
    keep(await read(api.GET("/api/comfyui/generations/{generation_id}", { params: { path: { generation_id: id } } })));
  } catch (failure) {
    if (failure instanceof ApiFailure && failure.status === 404) forget(id);
  }
}

function knownRow(id: string): Generation | undefined {
  for (const [, found] of queryClient.getQueriesData<Found>({ queryKey: FOUND })) {
    for (const { data } of found?.pages ?? []) {
      const row = data.find((one) => one.id === id);
      if (row) return row;
    }
  }
  return undefined;
}

/** In its place, wherever it is shown already. */
export function keep(row: Generation): void {
  changePages((rows) => {
    const at = rows.findIndex(({ id }) => id === row.id);
    const known = rows[at];
    return known && newer(known, row) === row ? rows.with(at, row) : rows;
  });
  const { queryKey } = generationOptions(row.id);
  queryClient.setQueryData(queryKey, (known) => (known && newer(known, row) === row ? { ...known, ...row } : known));
}

export const keepAll = (rows: readonly Generation[]) => rows.forEach(keep);

/** From what is shown, and from what the first page was last, which else had it as new. */
function forget(id: string): void {
  const without = (rows: Generation[]) => rows.filter((row) => row.id !== id);
  for (const [key, found] of queryClient.getQueriesData<Found>({ queryKey: FOUND })) {
    if (!found?.pages.some(({ data }) => data.some((row) => row.id === id))) continue;
    const pages = found.pages.map((page) => ({ ...page, data: without(page.data) }));
    queryClient.setQueryData<Found>(key, { ...found, pages });
    queryClient.setQueryData<FoundPage>([...HEAD, ...key.slice(FOUND.length)], (head) => {
      if (!head) return head;
      const { total, total_is_capped } = head.pagination;
      const pagination = { ...head.pagination, total: total_is_capped ? total : total - 1 };
      return { ...head, data: without(head.data), pagination };
    });
  }
  void queryClient.invalidateQueries(generationOptions(id));
  askAnew();
}

/** What is under way may be older than what was heard meanwhile. */
function askAnew(): void {
  const underWay = queryClient.getQueryCache().findAll({ queryKey: ALL, fetchStatus: "fetching" });
  const predicate = (query: Query) => underWay.includes(query);
  void queryClient.cancelQueries({ predicate });
  void queryClient.invalidateQueries({ predicate });
}

function changePages(change: (rows: Generation[]) => Generation[]): void {
  queryClient.setQueriesData<Found>({ queryKey: FOUND }, (found) => {
    if (!found) return found;
    const pages = found.pages.map((page) => {
      const data = change(page.data);
      return data === page.data ? page : { ...page, data };
    });
    return pages.some((page, index) => page !== found.pages[index]) ? { ...found, pages } : found;
  });
}
