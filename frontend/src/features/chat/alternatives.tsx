import { ChevronLeft, ChevronRight } from "lucide-react";
import type { Message } from "@/api/types";
import { showBranch } from "@/features/conversations/changes";
import { IconButton } from "@/ui/button";

/** Which of the messages beside one another is shown, and the way to the others. */
export function Alternatives({ message, isFixed }: { message: Message; isFixed: boolean }) {
  const { position, count, ids } = message.alternatives;
  if (count < 2) return null;
  const what = message.role === "user" ? "question" : "answer";
  const goTo = (id: string | undefined) => id !== undefined && void showBranch(message.conversation_id, id);
  return (
    <fieldset aria-label={`Alternatives of this ${what}`} className="flex items-center">
      {!isFixed && (
        <IconButton
          label={`Previous ${what}`}
          aria-disabled={position === 1}
          onClick={() => goTo(ids[position - 2])}
          className="aria-disabled:opacity-40"
        >
          <ChevronLeft size={16} aria-hidden />
        </IconButton>
      )}
      <span className="whitespace-nowrap text-xs tabular-nums">
        {position} of {count}
      </span>
      {!isFixed && (
        <IconButton
          label={`Next ${what}`}
          aria-disabled={position === count}
          onClick={() => goTo(ids[position])}
          className="aria-disabled:opacity-40"
        >
          <ChevronRight size={16} aria-hidden />
        </IconButton>
      )}
    </fieldset>
  );
}
