import { clsx } from "clsx";
import { memo, useRef, useState } from "react";
import type { Message } from "@/api/types";
import { Answer } from "./answer";
import { Attachments } from "./attachments";
import { EditForm } from "./edit-form";
import { MessageActions, regenerate } from "./message-actions";

interface MessageProps {
  message: Message;
  isFixed: boolean;
  isLast: boolean;
  /** The place that somebody was led to. */
  isMarked: boolean;
  onContinue: ((message: Message) => void) | null;
  onAsked: () => void;
}

const NAMES: Record<Message["role"], string> = { user: "You", assistant: "Answer", system: "Instructions" };

/** One message of the shown path, with what can be done with it. */
export const MessageView = memo(function MessageView(props: MessageProps) {
  const { message, isFixed, isLast, isMarked, onContinue, onAsked } = props;
  const [editing, setEditing] = useState<string | null>(null);
  const { id, role, content } = message;
  const place = useRef<HTMLElement>(null);
  const isQuestion = role !== "assistant";
  const finish = () => {
    setEditing(null);
    requestAnimationFrame(() => document.activeElement === document.body && place.current?.focus());
  };
  const again = isFixed ? null : () => void regenerate(message, onAsked);
  return (
    <article
      ref={place}
      aria-label={NAMES[role]}
      data-message={id}
      tabIndex={-1}
      className={clsx(
        "flex flex-col gap-1 rounded-xl outline-offset-4",
        isQuestion && "items-end",
        isMarked && "outline-2 outline-accent",
      )}
    >
      {editing === id ? (
        <EditForm message={message} onDone={finish} />
      ) : (
        <>
          <Attachments of={message.attachments} />
          {!isQuestion && <Answer message={message} onAgain={again} />}
          {isQuestion && content !== "" && <Question text={content} isSystem={role === "system"} />}
          <MessageActions
            message={message}
            isFixed={isFixed}
            isLast={isLast}
            onEdit={() => setEditing(id)}
            onContinue={onContinue && (() => onContinue(message))}
            onAsked={onAsked}
          />
        </>
      )}
    </article>
  );
});

const LONG_LETTERS = 1_200;

/** As it was typed; what is very long is folded. */
function Question({ text, isSystem }: { text: string; isSystem: boolean }) {
  const [isWhole, setWhole] = useState(false);
  const isFolded = text.length > LONG_LETTERS && !isWhole;
  return (
    <div
      className={clsx(
        "max-w-[85%] rounded-2xl border border-line px-4 py-2.5",
        isSystem ? "bg-sunken text-soft" : "bg-raised",
      )}
    >
      <p className={clsx("wrap-anywhere whitespace-pre-wrap", isFolded && "line-clamp-8")}>{text}</p>
      {text.length > LONG_LETTERS && (
        <button
          type="button"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
          className="min-h-9 text-accent text-sm underline"
        >
          {isWhole ? "Show less" : "Show all"}
        </button>
      )}
    </div>
  );
}
