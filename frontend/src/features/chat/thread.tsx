import { ArrowDown } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ConversationWithMessages, Message } from "@/api/types";
import { Button } from "@/ui/button";
import { useAnchor } from "./anchor";
import { Announcer } from "./announcer";
import { focusComposer } from "./composer";
import { useFollowing } from "./following";
import { MessageView } from "./message";
import { useWanted } from "./wanted";

interface ThreadProps {
  conversation: ConversationWithMessages;
  /** The message that somebody was led to. */
  wantedId: string | null;
  /** How often something was asked here: each time its answer is shown. */
  asked: number;
  isFixed: boolean;
  onContinue: (message: Message) => void;
}

const SHOWN_AT_FIRST = 60;
const MORE = 100;
/** By then the browser has drawn them, and would no longer scroll for the same a second time. */
const SETTLED_MS = 300;

/** The shown path of a conversation; it stays at its end while that grows, as long as the reader is there. */
export function Thread({ conversation, wantedId, asked, isFixed, onContinue }: ThreadProps) {
  const { id, messages } = conversation;
  const { box, content, isAtEnd, toEnd, toPlace } = useAnchor();
  const [most, setMost] = useState(SHOWN_AT_FIRST);
  useFollowing(id, messages);
  const wantedPlace = messages.findIndex((message) => message.id === wantedId);
  const begin = Math.max(0, Math.min(messages.length - most, wantedPlace < 0 ? messages.length : wantedPlace - 2));
  const shown = messages.slice(begin);
  useWanted({ conversation, wantedId, isFixed, box, toPlace });

  const [askedBefore] = useState(asked);
  useEffect(() => {
    if (asked !== askedBefore) toEnd();
  }, [asked, askedBefore, toEnd]);

  const before = useRef<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is in sight stays there when earlier ones come above it.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || before.current === null) return;
    element.scrollTop += element.scrollHeight - before.current;
    before.current = null;
    setTimeout(() => element.style.removeProperty("overflow-anchor"), SETTLED_MS);
  }, [begin]);
  const onAsked = () => {
    toEnd();
    requestAnimationFrame(() => document.activeElement === document.body && focusComposer());
  };
  const showEarlier = () => {
    before.current = box.current?.scrollHeight ?? null;
    box.current?.style.setProperty("overflow-anchor", "none");
    setMost(messages.length - begin + MORE);
    box.current?.focus({ preventScroll: true });
  };

  return (
    <div className="relative min-h-0 flex-1">
      <section
        ref={box}
        aria-label="Messages"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1).
        tabIndex={0}
        className="-outline-offset-2 h-full overflow-y-auto overflow-x-hidden"
      >
        <div ref={content} className="mx-auto flex max-w-3xl flex-col gap-5 px-4 py-5">
          {begin > 0 && (
            <Button onClick={showEarlier} className="mx-auto">
              Show earlier messages ({begin})
            </Button>
          )}
          {shown.map((message, place) => {
            const isLast = place === shown.length - 1;
            return (
              <MessageView
                key={message.parent_id ?? "first"}
                message={message}
                isFixed={isFixed}
                isLast={isLast}
                isMarked={message.id === wantedId}
                onContinue={isLast ? null : onContinue}
                onAsked={onAsked}
              />
            );
          })}
        </div>
      </section>
      {!isAtEnd && (
        <Button onClick={toEnd} className="-translate-x-1/2 absolute bottom-3 left-1/2 shadow-lg">
          <ArrowDown size={16} aria-hidden />
          To the newest
        </Button>
      )}
      <Announcer messages={messages} />
    </div>
  );
}
