import { useRef, useState } from "react";
import { useNavigate } from "react-router";
import { newIdempotencyKey } from "@/api/client";
import { ApiFailure, messageOf } from "@/api/failure";
import { queryClient } from "@/api/queries";
import { createConversation } from "@/features/conversations/changes";
import { conversationOptions } from "@/features/conversations/queries";
import { type ModelChoice, targetOf } from "@/features/models/choices";
import { useParam } from "@/ui/param";
import { toast } from "@/ui/toast";
import { ask } from "./asking";
import { isChoiceKept } from "./choice";
import { contentOf } from "./content";
import { changeDraft, type Draft, draftOf, dropDraft, NEW } from "./drafts";
import { setNewChat, useNewChat } from "./new-chat";

interface Attempt {
  key: string;
  /** Of the first try: the place after which it may have been heard already. */
  parentId: string | null;
}

/** One key and one place for one message, however often it is tried; an answer that is a refusal ends it. */
function useOnce() {
  const last = useRef<Attempt & { of: string }>({ of: "", key: "", parentId: null });
  return {
    attempt: (message: unknown, parentId: string | null = null): Attempt => {
      const of = JSON.stringify(message);
      if (last.current.of !== of) last.current = { of, key: newIdempotencyKey(), parentId };
      return last.current;
    },
    forget: () => {
      last.current = { of: "", key: "", parentId: null };
    },
  };
}

function tell(failure: unknown): void {
  toast({ kind: "error", message: `The message was not sent; it stays in the box. ${messageOf(failure)}` });
}

/** What was sent is taken out of the composer, unless somebody has written on meanwhile. */
function drop(of: string, sent: Draft): void {
  if (draftOf(of) === sent) dropDraft(of);
}

interface Place {
  /** Where somebody goes on instead of at the end. */
  chosenId: string | null;
  endId: string | null;
}

/** Sends what is written in a conversation; `asked` counts, so that the thread shows the answer. */
export function useSending(conversationId: string | null, { chosenId, endId }: Place) {
  const once = useOnce();
  const begin = useBeginning();
  const [asked, setAsked] = useState(0);

  const sendTo = async (id: string) => {
    if (!(await isChoiceKept())) return false;
    const draft = draftOf(id);
    const content = contentOf(draft);
    const { key, parentId } = once.attempt([id, chosenId, content], chosenId ?? endId);
    try {
      await ask(id, content, parentId, key);
    } catch (failure) {
      if (!(failure instanceof ApiFailure && failure.status === 0)) once.forget();
      tell(failure);
      return false;
    }
    once.forget();
    drop(id, draft);
    setAsked((now) => now + 1);
    return true;
  };
  const send = (choice: ModelChoice | null): Promise<boolean> =>
    conversationId === null ? begin(choice) : sendTo(conversationId);
  return { send, asked };
}

/** Begins a conversation with its first question, and goes there, unless somebody has gone elsewhere meanwhile. */
function useBeginning() {
  const once = useOnce();
  const navigate = useNavigate();
  const [projectId] = useParam("project");
  return async (choice: ModelChoice | null): Promise<boolean> => {
    const draft = draftOf(NEW);
    const content = contentOf(draft);
    const { settings } = useNewChat.getState();
    const input = {
      ...settings,
      options: settings.options as Record<string, never>,
      ...(choice ? targetOf(choice) : {}),
      ...(projectId === "" ? {} : { project_id: projectId }),
    };
    const { key } = once.attempt([input, content]);
    let id: string | null = null;
    try {
      ({ id } = await createConversation(input, key));
      await ask(id, content, null, key);
      drop(NEW, draft);
    } catch (failure) {
      tell(failure);
      if (!(failure instanceof ApiFailure && failure.status === 0)) once.forget();
      if (id === null) return false;
      changeDraft(id, draft);
      drop(NEW, draft);
    }
    setNewChat();
    await queryClient.prefetchQuery(conversationOptions(id));
    if (/^\/chat\/?$/.test(location.pathname)) navigate({ pathname: `/chat/${id}`, search: location.search });
    return true;
  };
}
