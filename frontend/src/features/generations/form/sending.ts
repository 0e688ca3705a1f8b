import { create } from "zustand";
import { api, newIdempotencyKey, read } from "@/api/client";
import { ApiFailure, messageOf } from "@/api/failure";
import type { GenerateInput, Generation } from "@/api/types";
import { toast } from "@/ui/toast";
import { addRow } from "../reread";

/** How far the sending of a session's variations is, and what the server said against them, by field. */
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
const AT_ONCE = 3;
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

/** Queues them, a few at once and in order; ends at the first that the server refuses. True: all were taken. */
export async function sendAll(sessionId: string, inputs: readonly GenerateInput[]): Promise<boolean> {
  if (now(sessionId).isUnderWay) return false;
  change(sessionId, { sent: 0, total: inputs.length, isUnderWay: true, isStopped: false, errors: {} });
  const warnings = new Set<string>();
  const waiting = inputs.map((input, index) => ({ input, index }));
  const work = async () => {
    for (let next = waiting.shift(); next && !now(sessionId).isStopped; next = waiting.shift()) {
      const row = await send(sessionId, next.input, next.index);
      addRow(row);
      row.warnings.forEach((warning) => void warnings.add(warning));
      change(sessionId, { sent: now(sessionId).sent + 1, lastSeed: row.seed });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, inputs.length) }, work));
    return !now(sessionId).isStopped;
  } catch (failure) {
    waiting.length = 0;
    tellFailure(sessionId, failure);
    return false;
  } finally {
    change(sessionId, { isUnderWay: false });
    for (const message of [...warnings].slice(0, MOST_WARNINGS)) toast({ kind: "info", message });
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

async function send(sessionId: string, body: GenerateInput, index: number): Promise<Generation> {
  const sameAgain = JSON.stringify([sessionId, index, body]);
  const key = unanswered.get(sameAgain) ?? newIdempotencyKey();
  unanswered.set(sameAgain, key);
  const params = { path: { session_id: sessionId }, header: { "Idempotency-Key": key } };
  const row = await insist(sessionId, (signal) =>
    read(api.POST("/api/comfyui/sessions/{session_id}/generate", { params, body, signal })),
  ).catch((failure) => {
    if (failure instanceof ApiFailure && !isPassing(failure)) unanswered.delete(sameAgain);
    throw failure;
  });
  unanswered.delete(sameAgain);
  return row;
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
