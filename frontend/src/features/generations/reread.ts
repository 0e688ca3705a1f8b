import { create } from "zustand";
import { api, read } from "@/api/client";
import { ApiFailure } from "@/api/failure";
import { inAWhile } from "@/api/in-a-while";
import { recount } from "@/api/queries";
import type { ActiveItem, Generation } from "@/api/types";
import { isLive } from "@/live/connection";
import { forgetOld, hear } from "@/live/progress";
import { forgetUnseen } from "@/ui/change";
import { tellGeneration } from "./heard";
import { isOver, mergeRows, versionOf, withoutRow } from "./merge";
import { changeTimeline, knownTimeline, openSessions, readHead, resetTimelines, TIMELINES } from "./timeline";

const GATHER_MS = 120;
const MOST_SINGLE = 20;
const HEADS_MS = 10_000;
const MOST_ACTIVE = 1_000;

/** By session, the generations that have changed, with the `seq` that their row has since then at least. */
const stale = new Map<string, Map<string, number>>();

/** Reads the row again soon, together with others that change at the same time, unless it is at `seq` by then. */
export function markStale(sessionId: string, generationId: string, seq = Number.POSITIVE_INFINITY): void {
  const wanted = stale.get(sessionId) ?? new Map<string, number>();
  wanted.set(generationId, Math.max(seq, wanted.get(generationId) ?? 0));
  stale.set(sessionId, wanted);
  gather();
}

/** Reads the row again wherever it is shown, as when the signed addresses of its pictures have got old. */
export function rereadRow({ id, session_id }: Pick<Generation, "id" | "session_id">): void {
  if (session_id !== null) markStale(session_id, id);
  tellGeneration({ id, change: "updated" });
}

const gather = inAWhile(rereadStale, GATHER_MS);

function rereadStale(): void {
  const due = [...stale];
  const open = openSessions();
  stale.clear();
  recount();
  for (const [sessionId, wanted] of due) {
    if (!open.includes(sessionId)) continue;
    if (!knownTimeline(sessionId)) markAll(sessionId, wanted);
    else
      reread(sessionId, wanted).catch(() =>
        stale.set(sessionId, new Map([...wanted, ...(stale.get(sessionId) ?? [])])),
      );
  }
}

function markAll(sessionId: string, wanted: Iterable<readonly [string, number]>): void {
  for (const [id, seq] of wanted) markStale(sessionId, id, seq);
}

/** Several rows: the newest pages first, then one by one those that these did not bring. */
async function reread(sessionId: string, wanted: ReadonlyMap<string, number>): Promise<void> {
  if (behind(sessionId, wanted).length > 1) await rereadHead(sessionId);
  const left = behind(sessionId, wanted);
  await Promise.all(left.slice(0, MOST_SINGLE).map(([id]) => rereadOne(sessionId, id)));
  markAll(sessionId, left.slice(MOST_SINGLE));
}

function behind(sessionId: string, wanted: ReadonlyMap<string, number>): [string, number][] {
  const known = new Map(knownTimeline(sessionId)?.rows.map((row) => [row.id, row.seq]));
  return [...wanted].filter(([id, seq]) => (known.get(id) ?? -1) < seq);
}

/** Whether the row is at least as new as what is told of it. */
export function isKnown(sessionId: string, id: string, seq: number): boolean {
  return knownTimeline(sessionId)?.rows.some((row) => row.id === id && row.seq >= seq) ?? false;
}

async function rereadHead(sessionId: string): Promise<void> {
  try {
    const timeline = await readHead(sessionId);
    changeTimeline(sessionId, () => timeline);
  } catch (failure) {
    if (!isMissing(failure)) throw failure;
    resetTimelines(sessionId);
  }
}

/** A row that went while it was read stays gone: the answer is older than what was heard. */
async function rereadOne(sessionId: string, id: string): Promise<void> {
  const wasShown = isKnown(sessionId, id, 0);
  try {
    const params = { path: { generation_id: id } };
    const row = await read(api.GET("/api/comfyui/generations/{generation_id}", { params }));
    if (!wasShown || isKnown(sessionId, id, 0)) keepRow(row);
  } catch (failure) {
    if (!isMissing(failure)) throw failure;
    changeTimeline(sessionId, (timeline) => withoutRow(timeline, id));
  }
}

const isMissing = (failure: unknown) => failure instanceof ApiFailure && failure.status === 404;

/** A row as an answer of the API gave it. */
export function keepRow(row: Generation): void {
  tellGeneration({ id: row.id, change: "updated", row });
  if (row.session_id !== null) changeTimeline(row.session_id, (timeline) => mergeRows(timeline, [row]));
}

/** The generation asked for last in this window; its timeline goes to its end for it. */
export const useAsked = create<{ asked: string | null }>(() => ({ asked: null }));

/** A row that this window has just asked for. */
export function addRow(row: Generation): void {
  keepRow(row);
  useAsked.setState({ asked: row.id });
  recount();
}

/** After a gap in the events: what is on screen is compared with the server again, all else is forgotten. */
export async function rereadAll(): Promise<void> {
  forgetUnseen(TIMELINES);
  const known = openSessions().filter((sessionId) => knownTimeline(sessionId));
  await Promise.all(known.map((sessionId) => rereadHead(sessionId).catch(() => undefined)));
}

let headsReadAt = Date.now();

/** What is active is as far as the list says; what a timeline still shows as active and is not has ended meanwhile. */
export function compareWithActive(items: readonly ActiveItem[]): void {
  const active = new Map(items.map((item) => [item.id, item]));
  forgetOld((id) => active.has(id));
  for (const sessionId of openSessions()) {
    const ofSession = items.filter((item) => item.session_id === sessionId);
    ofSession.forEach(hearItem);
    compareTimeline(sessionId, active, ofSession, items.length < MOST_ACTIVE ? null : (items.at(-1) ?? null));
  }
  if (stale.size > 0) gather();
  if (isLive() || Date.now() - headsReadAt < HEADS_MS) return;
  headsReadAt = Date.now();
  rereadAll().catch(() => undefined);
}

function hearItem({ id, seq, status, progress, current_node, waiting_reason }: ActiveItem): void {
  hear(id, { seq, status, percent: progress, node: current_node, waitingReason: waiting_reason });
}

/** `last` is the youngest item where the list is too long for all: what is younger may be active all the same. */
function compareTimeline(
  sessionId: string,
  active: ReadonlyMap<string, ActiveItem>,
  ofSession: readonly ActiveItem[],
  last: ActiveItem | null,
): void {
  const timeline = knownTimeline(sessionId);
  if (!timeline) return;
  const shown = new Map(timeline.rows.filter((row) => !isOver(row)).map((row) => [row.id, row]));
  for (const row of shown.values()) {
    const isListed = last === null || Date.parse(row.created_at) < Date.parse(last.created_at);
    if (!active.has(row.id) && isListed) markStale(sessionId, row.id, row.seq + 1);
  }
  const oldest = timeline.nextCursor === null ? undefined : timeline.rows.at(-1);
  for (const item of ofSession) {
    const row = shown.get(item.id);
    const isHere = !oldest || Date.parse(item.created_at) > Date.parse(oldest.created_at);
    if (row ? versionOf(item) > versionOf(row) : isHere) markStale(sessionId, item.id, item.seq);
  }
}
