import type { Message } from "@/api/types";
import { Button } from "@/ui/button";
import { Markdown } from "@/ui/markdown";
import { endingOf, exactly, factsOf } from "./facts";
import { useLiveAnswer } from "./live-answers";

interface AnswerProps {
  message: Message;
  /** Null for who only looks. */
  onAgain: (() => void) | null;
}

/** What a model said, or says right now; why it ended, and what it took. */
export function Answer({ message, onAgain }: AnswerProps) {
  const live = useLiveAnswer(message.id);
  const isWriting = message.status === "streaming";
  const text = isWriting && live ? live.text : message.content;
  return (
    <div className="flex flex-col gap-1.5">
      {text !== "" && <Markdown text={text} />}
      {isWriting && <Writing isCut={live?.isCut ?? false} hasBegun={text !== ""} />}
      {message.status === "failed" && <Failure message={message} onAgain={onAgain} />}
      <Ending message={message} onAgain={onAgain} />
      {!isWriting && <Facts message={message} />}
    </div>
  );
}

function Writing({ isCut, hasBegun }: { isCut: boolean; hasBegun: boolean }) {
  if (isCut)
    return <p className="text-sm text-warn">The connection is cut. The answer goes on, and is taken up again.</p>;
  return (
    <p className="flex items-center gap-2 text-soft text-sm">
      <span aria-hidden className="size-2 rounded-full bg-accent motion-safe:animate-pulse" />
      {hasBegun ? "Writing" : "Thinking"}
    </p>
  );
}

function Failure({ message, onAgain }: AnswerProps) {
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-lg border border-bad bg-raised px-3 py-2 text-sm">
      <p className="wrap-anywhere min-w-0 flex-1">
        <span className="font-semibold text-bad">No answer. </span>
        {message.error}
      </p>
      {onAgain && <Button onClick={onAgain}>Try again</Button>}
    </div>
  );
}

function Ending({ message, onAgain }: AnswerProps) {
  const ending = endingOf(message);
  if (ending === null) return null;
  return (
    <p className="wrap-anywhere flex flex-wrap items-center gap-x-3 text-sm text-warn">
      {ending}
      {onAgain && message.status === "partial" && <Button onClick={onAgain}>Try again</Button>}
    </p>
  );
}

function Facts({ message }: { message: Message }) {
  const facts = factsOf(message);
  if (facts.length === 0) return null;
  return (
    <p title={exactly(message)} className="wrap-anywhere text-soft text-xs">
      {facts.join(" · ")}
    </p>
  );
}
