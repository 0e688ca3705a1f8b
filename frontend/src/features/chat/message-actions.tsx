import { BookmarkPlus, Copy, CornerDownRight, Ellipsis, PencilLine, RefreshCw, Shuffle } from "lucide-react";
import { useState } from "react";
import { messageOf } from "@/api/failure";
import type { Message } from "@/api/types";
import { PromptDialog } from "@/features/prompts/prompt-dialog";
import { Button, IconButton } from "@/ui/button";
import { copyText } from "@/ui/clipboard";
import { Menu, type MenuItem } from "@/ui/menu";
import { toast } from "@/ui/toast";
import { Alternatives } from "./alternatives";
import { AnswerDialog } from "./answer-dialog";
import { askAgain } from "./asking";
import { MakePicture } from "./make-picture";

export interface ActionsProps {
  message: Message;
  /** For who only looks. */
  isFixed: boolean;
  isLast: boolean;
  onEdit: () => void;
  /** Null where the conversation goes on from here anyway. */
  onContinue: (() => void) | null;
  onAsked: () => void;
}

const asking = new Set<string>();

/** Another answer to the same question; the former ones stay beside it. */
export async function regenerate(message: Message, onAsked: () => void): Promise<void> {
  if (asking.has(message.id)) return;
  asking.add(message.id);
  try {
    await askAgain(message.conversation_id, message.id);
    onAsked();
  } catch (failure) {
    toast({ kind: "error", message: `There is no other answer. ${messageOf(failure)}` });
  } finally {
    asking.delete(message.id);
  }
}

/** What can be done with one message. */
export function MessageActions({ message, isFixed, isLast, onEdit, onContinue, onAsked }: ActionsProps) {
  const [opened, setOpened] = useState<"answer" | "prompt" | null>(null);
  const close = () => setOpened(null);
  const [isAsking, setAsking] = useState(false);
  const another = async () => {
    setAsking(true);
    await regenerate(message, onAsked);
    setAsking(false);
  };
  const isAnswer = message.role === "assistant";
  const isWriting = message.status === "streaming";
  const more: MenuItem[] = [
    {
      label: "Answer with another model",
      icon: <Shuffle size={16} aria-hidden />,
      onSelect: () => setOpened("answer"),
    },
    ...(onContinue
      ? [{ label: "Continue from here", icon: <CornerDownRight size={16} aria-hidden />, onSelect: onContinue }]
      : []),
    ...(message.content.trim() === ""
      ? []
      : [
          {
            label: "Save as prompt",
            icon: <BookmarkPlus size={16} aria-hidden />,
            onSelect: () => setOpened("prompt"),
          },
        ]),
  ];
  return (
    <div className="-mx-2 flex flex-wrap items-center text-soft">
      <Alternatives message={message} isFixed={isFixed} />
      {message.content !== "" && (
        <IconButton label="Copy" onClick={() => void copyText(message.content, isAnswer ? "Answer" : "Question")}>
          <Copy size={16} aria-hidden />
        </IconButton>
      )}
      {!isFixed && (
        <>
          <IconButton label="Edit" disabled={isWriting} onClick={onEdit}>
            <PencilLine size={16} aria-hidden />
          </IconButton>
          {(isAnswer || isLast) && (
            <IconButton
              label={isAnswer ? "Another answer" : "Answer this"}
              aria-disabled={isWriting || isAsking}
              onClick={() => !isWriting && !isAsking && void another()}
              className="aria-disabled:opacity-40"
            >
              <RefreshCw size={16} aria-hidden />
            </IconButton>
          )}
          {message.content !== "" && <MakePicture text={message.content} disabled={isWriting} />}
          <Menu
            items={more}
            trigger={
              <Button look="quiet" aria-label="More for this message" className="min-w-9 px-2">
                <Ellipsis size={16} aria-hidden />
              </Button>
            }
          />
        </>
      )}
      {opened === "answer" && <AnswerDialog message={message} open onOpenChange={close} />}
      {opened === "prompt" && (
        <PromptDialog prompt={null} begun={{ text: message.content, negative: "" }} open onOpenChange={close} />
      )}
    </div>
  );
}
