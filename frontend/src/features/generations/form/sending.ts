import { create } from "zustand";
import { api, newIdempotencyKey, read } from "@/api/client";
import { ApiFailure, messageOf } from "@/api/failure";
import type { GenerateInput, Generation } from "@/api/types";
import { toast } from "@/ui/toast";
import { addRow } from "../reread";

/** How far the sending of a session's form is, and what the server said against it, by field. */
export interface Sending {
  sent: number;
  total: number;
  isUnderWay: boolean;
  isStopped: boolean;
  /** Why it takes longer, while something is asked again. */
  trouble: string | null;
  errors: Readonly<Record<string, string>>;
  lastSeed: Generation["seed"];
}

const IDLE: Sending = {
  sent: 0,
  total: 0,
  isUnderWay: false,
  isStopped: false,
  trouble: null,
  errors: {},
  lastSeed: null,
};
const TRIES = 6;
const MOST_WARNINGS = 3;
const SLOW_MS = 3_000;
const SLOW = "The server takes long to answer; waiting …";

const useAll = create<Record<string, Sending>>(() => ({}));

export const useSending = (sessionId: string): Sending => useAll((all) => all[sessionId] ?? IDLE);

const now = (sessionId: string) => useAll.getState()[sessionId] ?? IDLE;

function change(sessionId: string, changed: Partial<Sending>): void {
  useAll.setState({ [sessionId]: { ...now(sessionId), ...changed } });
}

const stops = new Map<string, AbortController>();

export function stopSending(sessionId: string): void {
  change(sessionId, { isStopped: true });
  stops.get(sessionId)?.abort(new Error("Stopped. What the server has taken already is shown and goes on."));
}

/** What is changed is not wrong any more. */
export function forgetErrors(sessionId: string, names?: readonly string[]): void {
  const { errors } = now(sessionId);
  if (Object.keys(errors).length === 0) return;
  const left = Object.entries(errors).filter(([name]) => names && !names.includes(name));
  change(sessionId, { errors: Object.fromEntries(left) });
}

/** One, and its variations: with the seeds after its own, or drawn ones. */
export interface Wanted {
  input: GenerateInput;
  count: number;
  isRandom: boolean;
}

/** Queues them by two requests, so that nobody has to wait for the end of many. True: all were taken. */
export async function sendAll(sessionId: string, { input, count, isRandom }: Wanted): Promise<boolean> {
  if (now(sessionId).isUnderWay) return false;
  change(sessionId, { sent: 0, total: count, isUnderWay: true, isStopped: false, errors: {} });
  try {
    const row = await send(sessionId, input);
    addRow(row);
    for (const message of row.warnings.slice(0, MOST_WARNINGS)) toast({ kind: "info", message });
    change(sessionId, { sent: 1, lastSeed: row.seed });
    if (count > 1 && !now(sessionId).isStopped) {
      await sendVariations(sessionId, row.id, { count: count - 1, random: isRandom });
      change(sessionId, { sent: count, lastSeed: null });
    }
    return !now(sessionId).isStopped;
  } catch (failure) {
    tellFailure(sessionId, failure);
    return false;
  } finally {
    change(sessionId, { isUnderWay: false });
  }
}

function tellFailure(sessionId: string, failure: unknown): void {
  const fields = failure instanceof ApiFailure ? Object.entries(failure.fields) : [];
  const errors = Object.fromEntries(
    fields.map(([loc, message]) => [loc.replace(/^(body\.)?(parameters\.)?/, ""), message]),
  );
  change(sessionId, { errors });
  if (fields.length > 0) return;
  const { sent, total, isStopped } = now(sessionId);
  const before = total > 1 ? `${sent} of ${total} were queued. ` : "";
  toast({ kind: isStopped ? "info" : "error", message: before + messageOf(failure) });
}

/** Keys of what may have arrived although no answer came: the same again is sent with the same key. */
const unanswered = new Map<string, string>();

const send = (sessionId: string, body: GenerateInput): Promise<Generation> =>
  once(sessionId, [sessionId, body], (key, signal) => {
    const params = { path: { session_id: sessionId }, header: { "Idempotency-Key": key } };
    return read(api.POST("/api/comfyui/sessions/{session_id}/generate", { params, body, signal }));
  });

const sendVariations = (sessionId: string, id: string, body: { count: number; random: boolean }) =>
  once(sessionId, [id, body], (key, signal) => {
    const params = { path: { generation_id: id }, header: { "Idempotency-Key": key } };
    return read(api.POST("/api/comfyui/generations/{generation_id}/variations", { params, body, signal }));
  });

type Ask<Data> = (key: string, signal: AbortSignal) => Promise<Data>;

async function once<Data>(sessionId: string, asked: unknown, ask: Ask<Data>): Promise<Data> {
  const sameAgain = JSON.stringify(asked);
  const key = unanswered.get(sameAgain) ?? newIdempotencyKey();
  unanswered.set(sameAgain, key);
  const answer = await insist(sessionId, (signal) => ask(key, signal)).catch((failure) => {
    if (failure instanceof ApiFailure && !isPassing(failure)) unanswered.delete(sameAgain);
    throw failure;
  });
  unanswered.delete(sameAgain);
  return answer;
}

/** Nobody answered, or the server is busy: a second try with the same key may do it. */
function isPassing(failure: unknown): failure is ApiFailure {
  if (!(failure instanceof ApiFailure)) return false;
  return (
    [0, 408, 425, 502, 503, 504].includes(failure.status) ||
    ["RATE_LIMITED", "IDEMPOTENCY_KEY_IN_FLIGHT"].includes(failure.code)
  );
}

function tellTrouble(sessionId: string, trouble: string | null): void {
  if (now(sessionId).trouble !== trouble) change(sessionId, { trouble });
}

const troubleFor = ({ status }: ApiFailure) =>
  `${status === 0 ? "The server does not answer" : "The server is busy"}; trying again …`;

/** Asks again, each time later, until there is an answer that counts, or `stopSending` ends it. */
export async function insist<Data>(sessionId: string, ask: (signal: AbortSignal) => Promise<Data>): Promise<Data> {
  const signal = stopOf(sessionId);
  for (let tries = 1; ; tries += 1) {
    const slow = setTimeout(() => tellTrouble(sessionId, SLOW), SLOW_MS);
    try {
      const answer = await ask(signal);
      tellTrouble(sessionId, null);
      return answer;
    } catch (failure) {
      const isLast = tries === TRIES || !isPassing(failure);
      tellTrouble(sessionId, isLast || signal.aborted ? null : troubleFor(failure));
      signal.throwIfAborted();
      if (isLast) throw failure;
    } finally {
      clearTimeout(slow);
    }
    await pause(500 * 2 ** tries, signal);
  }
}

/** Holds until it is stopped. */
function stopOf(sessionId: string): AbortSignal {
  let stop = stops.get(sessionId);
  if (!stop || stop.signal.aborted) {
    stop = new AbortController();
    stops.set(sessionId, stop);
  }
  return stop.signal;
}

const pause = (delayMs: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, delayMs);
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
