import { api, body } from "@/api/client";
import { ApiFailure } from "@/api/failure";
import type { components } from "@/api/schema";
import { eventsOf } from "@/api/stream";
import type { Provider } from "@/api/types";
import { rereadConversations } from "@/features/conversations/queries";
import { follow } from "./following";

/** Who answers, where it is not the conversation's own. */
export interface Wish {
  profile_id?: string;
  provider?: Provider;
  model?: string;
}

export type Content = components["schemas"]["NewMessage"]["content"];

type Opening = (signal: AbortSignal) => Promise<unknown>;

const of = (conversationId: string) => ({ conversation_id: conversationId });
const once = (key: string) => ({ "Idempotency-Key": key });

/** Asks below `parentId`, null for the first question. The same `key` again asks nothing twice. */
export function ask(conversationId: string, content: Content, parentId: string | null, key: string): Promise<void> {
  const question = { content, stream: true, ...(parentId === null ? {} : { parent_id: parentId }) };
  return answered(conversationId, (signal) =>
    body(
      api.POST("/api/conversations/{conversation_id}/messages", {
        params: { path: of(conversationId), header: once(key) },
        body: question,
        signal,
        parseAs: "stream",
      }),
    ),
  );
}

/** Another answer beside `messageId`, or one below that question. */
export function askAgain(conversationId: string, messageId: string, wish: Wish = {}): Promise<void> {
  return answered(conversationId, (signal) =>
    body(
      api.POST("/api/conversations/{conversation_id}/regenerate", {
        params: { path: of(conversationId) },
        body: { ...wish, message_id: messageId, stream: true },
        signal,
        parseAs: "stream",
      }),
    ),
  );
}

/** Another question beside this one, and its answer. */
export function askOtherwise(conversationId: string, messageId: string, content: Content): Promise<void> {
  const path = { ...of(conversationId), message_id: messageId };
  return answered(conversationId, (signal) =>
    body(
      api.PATCH("/api/conversations/{conversation_id}/messages/{message_id}", {
        params: { path },
        body: { content, answer: true, stream: true },
        signal,
        parseAs: "stream",
      }),
    ),
  );
}

/** Other words beside these, which nobody answers. */
export async function writeOtherwise(conversationId: string, messageId: string, content: Content): Promise<void> {
  const path = { ...of(conversationId), message_id: messageId };
  await body(
    api.PATCH("/api/conversations/{conversation_id}/messages/{message_id}", { params: { path }, body: { content } }),
  );
  await rereadConversations();
}

export async function stop(conversationId: string, messageId: string): Promise<void> {
  const params = { path: of(conversationId) };
  try {
    await body(api.POST("/api/conversations/{conversation_id}/stop", { params, body: { message_id: messageId } }));
  } catch (failure) {
    if (!(failure instanceof ApiFailure && failure.code === "ALREADY_ENDED")) throw failure;
  }
  await rereadConversations();
}

function cut(): never {
  throw new ApiFailure(0, undefined);
}

/** Done once the answer has its row and is shown; its words are heard by then, and further on. */
async function answered(conversationId: string, open: Opening): Promise<void> {
  const controller = new AbortController();
  try {
    const events = eventsOf((await open(controller.signal)) as ReadableStream<Uint8Array>);
    const { value: first } = await events.next().catch(cut);
    if (!first) return cut();
    const told = JSON.parse(first.data) as { message_id?: string; statusCode?: number };
    if (first.name === "error" || !told.message_id) throw new ApiFailure(told.statusCode ?? 502, told);
    follow({ conversationId, messageId: told.message_id }, "", events, controller);
  } catch (failure) {
    if (!(failure instanceof ApiFailure && failure.code === "IDEMPOTENCY_KEY_IN_FLIGHT")) throw failure;
  }
  await rereadConversations();
}
