import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { queryClient } from "@/api/queries";
import { idsOf, meets, mergeHead, mergeOlder, type Timeline } from "./merge";

const HEAD = 50;
const OLDER = 100;
const MOST_MISSED = 1_000;

export const TIMELINES = ["timeline"] as const;
const keyOf = (sessionId: string) => [...TIMELINES, sessionId] as const;

/** Read once as a whole; from then on events, `readHead` and `loadOlder` keep it true by merging into it. */
export const timelineOptions = (sessionId: string) =>
  queryOptions({
    queryKey: keyOf(sessionId),
    queryFn: ({ signal }) => readHead(sessionId, signal),
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
    meta: { upkeep: "own" },
  });

async function readPage(sessionId: string, cursor: string | null, limit: number, signal?: AbortSignal) {
  const query = { limit, ...(cursor === null ? {} : { cursor }) };
  const params = { path: { session_id: sessionId }, query };
  const session = await read(api.GET("/api/comfyui/sessions/{session_id}", { params, ...(signal ? { signal } : {}) }));
  return { rows: session.generations, nextCursor: session.next_cursor };
}

/** The timeline with what the newest pages say now, read as far back as needed to meet what is known. */
export async function readHead(sessionId: string, signal?: AbortSignal): Promise<Timeline> {
  const before = idsOf(knownTimeline(sessionId)?.rows ?? []);
  let head: Timeline = await readPage(sessionId, null, HEAD, signal);
  while (before.size > 0 && !meets(head, before) && head.rows.length < MOST_MISSED) {
    const older = await readPage(sessionId, head.nextCursor, OLDER, signal);
    head = { rows: [...head.rows, ...older.rows], nextCursor: older.nextCursor };
  }
  return mergeHead(knownTimeline(sessionId), before, head);
}

const reading = new Map<string, Promise<void>>();

/** Adds the next older page. Called again while that is under way, it waits for the same one. */
export function loadOlder(sessionId: string): Promise<void> {
  const started =
    reading.get(sessionId) ??
    readOlder(sessionId).finally(() => {
      reading.delete(sessionId);
    });
  reading.set(sessionId, started);
  return started;
}

async function readOlder(sessionId: string): Promise<void> {
  const cursor = knownTimeline(sessionId)?.nextCursor ?? null;
  if (cursor === null) return;
  const page = await readPage(sessionId, cursor, OLDER);
  changeTimeline(sessionId, (now) => (now.nextCursor === cursor ? mergeOlder(now, page) : now));
}

export const knownTimeline = (sessionId: string) => queryClient.getQueryData<Timeline>(keyOf(sessionId));

export function changeTimeline(sessionId: string, change: (timeline: Timeline) => Timeline): void {
  queryClient.setQueryData<Timeline>(keyOf(sessionId), (known) => (known ? change(known) : known));
}

/** The sessions whose timeline this page has, or is about to have. */
export function openSessions(): string[] {
  const queries = queryClient.getQueryCache().findAll({ queryKey: TIMELINES });
  const isOpen = ({ state }: (typeof queries)[number]) => state.data !== undefined || state.fetchStatus === "fetching";
  return queries.filter(isOpen).map(({ queryKey }) => String(queryKey[1]));
}

/** Reads it, or all, from the start again, as when its session is gone or back. */
export function resetTimelines(sessionId?: string): void {
  void queryClient.resetQueries({ queryKey: sessionId === undefined ? TIMELINES : keyOf(sessionId) });
}

export function forgetBatch(batchId: string): void {
  for (const sessionId of openSessions()) {
    changeTimeline(sessionId, (now) => ({ ...now, rows: now.rows.filter((row) => row.batch_id !== batchId) }));
  }
}
