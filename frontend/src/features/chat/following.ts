import { useEffect } from "react";
import { api, body } from "@/api/client";
import { ApiFailure } from "@/api/failure";
import { queryClient } from "@/api/queries";
import { codePoints, eventsOf, type StreamEvent } from "@/api/stream";
import type { Message } from "@/api/types";
import { conversationOptions, rereadConversations } from "@/features/conversations/queries";
import { GrowingAnswer } from "./live-answers";

interface Place {
  conversationId: string;
  messageId: string;
}

type Events = AsyncGenerator<StreamEvent>;

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5_000;

const following = new Map<string, Place & { controller: AbortController }>();

/**
 * Hears an answer to its end, over as many connections as that takes: each begins where the last one was cut, so that
 * nothing is missed or said twice. `events` are those of a stream that is open already.
 */
export function follow(place: Place, begin: string, events: Events | null, controller = new AbortController()): void {
  if (following.has(place.messageId)) {
    controller.abort();
    return;
  }
  following.set(place.messageId, { ...place, controller });
  void hear(place, begin, events, controller.signal).finally(() => {
    if (following.get(place.messageId)?.controller === controller) following.delete(place.messageId);
  });
}

/** The answers go on without a reader, and are found again where one comes back. */
function leave(conversationId: string): void {
  for (const [messageId, one] of following) {
    if (one.conversationId !== conversationId) continue;
    following.delete(messageId);
    one.controller.abort();
  }
}

/** A row that has ended says more than a connection that hangs. */
function hangUp(messageId: string): void {
  following.get(messageId)?.controller.abort();
  following.delete(messageId);
}

/** Follows all answers of the shown path that are being written, as long as it is shown. */
export function useFollowing(conversationId: string, messages: readonly Message[]): void {
  useEffect(() => {
    for (const { id, status, content } of messages) {
      if (status === "streaming") follow({ conversationId, messageId: id }, content, null);
      else hangUp(id);
    }
  }, [conversationId, messages]);
  useEffect(() => () => leave(conversationId), [conversationId]);
}

async function hear(place: Place, begin: string, opened: Events | null, signal: AbortSignal): Promise<void> {
  const answer = new GrowingAnswer(place.messageId, begin);
  const heard = { answer, offset: codePoints(begin), pause: FIRST_PAUSE_MS };
  let events = opened;
  try {
    for (;;) {
      const ending = await hearOn(place, heard, events, signal);
      if (ending !== "cut") {
        if (ending !== "gone") await showEnd(place, answer.text, ending);
        return;
      }
      events = null;
      answer.cut();
      await wait(heard.pause, signal);
      heard.pause = Math.min(heard.pause * 2, LONGEST_PAUSE_MS);
    }
  } finally {
    answer.forget();
    if (!signal.aborted) void rereadConversations();
  }
}

interface Heard {
  answer: GrowingAnswer;
  /** Of what comes next, in code points. */
  offset: number;
  pause: number;
}

/** Over one connection: how it ended there, `cut` where it goes on, `gone` where nobody is to hear more. */
async function hearOn(place: Place, heard: Heard, opened: Events | null, signal: AbortSignal) {
  try {
    for await (const event of opened ?? (await open(place, heard.offset, signal))) {
      if (isEnd(event)) return event;
      if (event.name !== "delta") continue;
      heard.answer.add((JSON.parse(event.data) as { text: string }).text);
      heard.offset = Number(event.id);
      heard.pause = FIRST_PAUSE_MS;
    }
    return signal.aborted ? "gone" : "cut";
  } catch (failure) {
    return signal.aborted || !isPassing(failure) ? "gone" : "cut";
  }
}

async function open({ conversationId, messageId }: Place, offset: number, signal: AbortSignal): Promise<Events> {
  const params = { path: { conversation_id: conversationId, message_id: messageId }, query: { offset } };
  const asked = api.GET("/api/conversations/{conversation_id}/messages/{message_id}/stream", {
    params,
    signal,
    parseAs: "stream",
  });
  return eventsOf((await body(asked)) as ReadableStream<Uint8Array>);
}

/** An error without a status is the server's that leaves, not the answer's. */
const isEnd = ({ name, data }: StreamEvent) =>
  name === "done" || (name === "error" && typeof (JSON.parse(data) as Partial<Message>).status === "string");

/** Cut connections, and what a second try may mend; not a conversation that is gone. */
const isPassing = (failure: unknown) =>
  !(failure instanceof ApiFailure) || failure.status === 0 || failure.status === 429 || failure.status >= 500;

/** The row as it ended, at once; it is read again right after. */
async function showEnd(
  { conversationId, messageId }: Place,
  content: string,
  { name, data }: StreamEvent,
): Promise<void> {
  const { queryKey } = conversationOptions(conversationId);
  const told = JSON.parse(data) as Partial<Message> & { code?: string };
  const { status, error = null, usage = null, cost_usd = null, duration_ms = null, finish_reason = null } = told;
  const ended = { content, error, error_code: told.code ?? null, usage, cost_usd, duration_ms, finish_reason };
  await queryClient.cancelQueries({ queryKey });
  queryClient.setQueryData(
    queryKey,
    (conversation) =>
      conversation && {
        ...conversation,
        messages: conversation.messages.map((message) =>
          message.id === messageId ? { ...message, ...ended, status: status ?? statusOf(name) } : message,
        ),
      },
  );
}

const statusOf = (name: string): Message["status"] => (name === "done" ? "complete" : "failed");

function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, delayMs);
    signal.addEventListener("abort", end);
  });
}
