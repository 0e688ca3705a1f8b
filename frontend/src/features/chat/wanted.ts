import { type RefObject, useEffect, useEffectEvent, useRef } from "react";
import { useLocation } from "react-router";
import type { ConversationWithMessages } from "@/api/types";
import { showBranch } from "@/features/conversations/changes";
import { useParam } from "@/ui/param";
import { toast } from "@/ui/toast";
import "./found-words.css";
import { markWords, unmarkWords, wordsOf } from "./found-words";

interface Wanted {
  conversation: ConversationWithMessages;
  wantedId: string | null;
  isFixed: boolean;
  box: RefObject<HTMLElement | null>;
  toPlace: (find: () => DOMRect | null) => void;
}

/**
 * Leads to a message, and in it to the words that were sought; by another branch where it stands in one. Once, unless
 * the place is chosen again.
 */
export function useWanted({ conversation, wantedId, isFixed, box, toPlace }: Wanted): void {
  const { id, messages } = conversation;
  const [q] = useParam("q");
  const chosenAt: unknown = useLocation().state?.chosenAt;
  const led = useRef<{ id: string; chosenAt: unknown } | null>(null);
  const branched = useRef<string | null>(null);

  const lead = useEffectEvent((messageId: string) => {
    const find = () => box.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(messageId)}"]`) ?? null;
    find()?.focus({ preventScroll: true });
    toPlace(() => {
      const element = find();
      return element && (markWords(element, wordsOf(q)) ?? element).getBoundingClientRect();
    });
  });
  useEffect(() => {
    const isLed = led.current?.id === wantedId && (chosenAt === undefined || led.current.chosenAt === chosenAt);
    if (wantedId === null || isLed) return;
    if (messages.some((message) => message.id === wantedId)) {
      led.current = { id: wantedId, chosenAt };
      lead(wantedId);
    } else if (branched.current !== wantedId) {
      branched.current = wantedId;
      if (isFixed) toast({ kind: "info", message: "That stands in another branch, which only members can show." });
      else void showBranch(id, wantedId);
    }
  }, [id, messages, wantedId, isFixed, chosenAt]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the marks are those of one place.
  useEffect(() => unmarkWords, [wantedId]);
}
