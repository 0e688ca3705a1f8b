import { create } from "zustand";
import { api, body } from "@/api/client";
import { messageOf } from "@/api/failure";
import type { components } from "@/api/schema";
import { eventsOf, type StreamEvent } from "@/api/stream";
import { targetOf } from "@/features/models/choices";
import { type Answer, asked, ended, heard } from "./answers";
import type { Asked, TargetOptions } from "./targets";

type Message = components["schemas"]["MessageInput"];

interface Run {
  prompt: string;
  systemPrompt: string;
  answers: readonly Answer[];
  isUnderWay: boolean;
  startedAt: number;
  /** Why nobody was asked at all. */
  refusal: string | null;
}

/** What is written to be asked next. */
export const useQuestion = create(() => ({ prompt: "", systemPrompt: "" }));

/** Stays while other pages are looked at; a reload ends it. */
export const useRun = create<Run>(() => ({
  prompt: "",
  systemPrompt: "",
  answers: [],
  isUnderWay: false,
  startedAt: 0,
  refusal: null,
}));

/** So often what has come is shown. */
const SHOW_MS = 50;
const BROKE_OFF = "The connection broke off before the answer had ended.";

let current: AbortController | null = null;

export function stopAll(): void {
  current?.abort();
}

/** Asks all of them the same; one after the other of these runs, the one before is ended. */
export async function askAll(prompt: string, systemPrompt: string, targets: readonly Asked[]): Promise<void> {
  stopAll();
  const control = new AbortController();
  current = control;
  const answers = targets.map(({ choice }) => asked(choice));
  useRun.setState({ prompt, systemPrompt, answers, isUnderWay: true, startedAt: Date.now(), refusal: null });
  const change = (next: Partial<Run>) => current === control && useRun.setState(next);
  const end = (status: "failed" | "stopped", error: string | null) =>
    change({ answers: ended(useRun.getState().answers, status, error) });
  try {
    await readInto(await open(prompt, systemPrompt, targets, control.signal), (events) =>
      change({ answers: heard(useRun.getState().answers, events) }),
    );
    end("failed", BROKE_OFF);
  } catch (failure) {
    const hasBegun = useRun.getState().answers.some(({ status }) => status !== "waiting");
    if (control.signal.aborted) end("stopped", null);
    else if (hasBegun) end("failed", BROKE_OFF);
    else change({ answers: [], refusal: messageOf(failure) });
  } finally {
    change({ isUnderWay: false });
  }
}

async function open(prompt: string, systemPrompt: string, targets: readonly Asked[], signal: AbortSignal) {
  const question: Message[] = [{ role: "user", content: prompt }];
  const messages: Message[] = systemPrompt.trim() ? [{ role: "system", content: systemPrompt }, ...question] : question;
  const told = targets.map(({ choice, options }) => ({ ...targetOf(choice), ...said(options) }));
  const input = { messages, targets: told, stream: true };
  const stream = await body(api.POST("/api/chat/compare", { body: input, parseAs: "stream", signal }));
  if (stream === null) throw new Error(BROKE_OFF);
  return stream;
}

const said = (options: TargetOptions) => (Object.keys(options).length === 0 ? {} : { options: { ...options } });

/** Hands on what has come every now and then, all at once: a page drawn for each word is a slow one. */
async function readInto(stream: ReadableStream<Uint8Array>, tell: (events: StreamEvent[]) => void): Promise<void> {
  let waiting: StreamEvent[] = [];
  const show = () => {
    if (waiting.length > 0) tell(waiting);
    waiting = [];
  };
  const timer = setInterval(show, SHOW_MS);
  try {
    for await (const event of eventsOf(stream)) waiting.push(event);
  } finally {
    clearInterval(timer);
    show();
  }
}
