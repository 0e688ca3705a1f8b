import { type KeyboardEvent, useState } from "react";
import { messageOf } from "@/api/failure";
import type { Message } from "@/api/types";
import { Button } from "@/ui/button";
import { isComposing } from "@/ui/composing";
import { toast } from "@/ui/toast";
import { askOtherwise, writeOtherwise } from "./asking";
import { AttachedPictures } from "./attached-pictures";
import { contentOf, isEmpty } from "./content";
import type { Draft } from "./drafts";
import { GrowingText } from "./growing-text";

interface EditFormProps {
  message: Message;
  onDone: () => void;
}

/** Other words beside these, which stay: a question is asked anew with them, an answer is only written. */
export function EditForm({ message, onDone }: EditFormProps) {
  const { id, conversation_id, role, content, attachments } = message;
  const [draft, setDraft] = useState<Draft>({ text: content, pictures: attachments });
  const [isBusy, setBusy] = useState(false);
  const isQuestion = role === "user";
  const isSame = draft.text === content && draft.pictures.length === attachments.length;
  const canSend = !isBusy && !isEmpty(draft) && (isQuestion || !isSame);

  const send = async () => {
    if (!canSend) return;
    setBusy(true);
    try {
      await (isQuestion ? askOtherwise : writeOtherwise)(conversation_id, id, contentOf(draft));
      onDone();
    } catch (failure) {
      toast({ kind: "error", message: `The message could not be changed. ${messageOf(failure)}` });
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    if (event.key === "Escape") onDone();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <form
      aria-label={isQuestion ? "Edit the question" : "Edit the answer"}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      className="flex w-full flex-col gap-2"
    >
      <AttachedPictures
        pictures={draft.pictures}
        onRemove={(gone) => setDraft({ ...draft, pictures: draft.pictures.filter((one) => one.id !== gone) })}
      />
      <GrowingText
        autoFocus
        aria-label={isQuestion ? "Question" : "Answer"}
        value={draft.text}
        onChange={(text) => setDraft({ ...draft, text })}
        onKeyDown={onKeyDown}
        className="max-h-[50dvh] min-h-20"
      />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p className="min-w-0 flex-1 text-soft text-xs">What was here stays as an alternative.</p>
        <Button onClick={onDone}>Cancel</Button>
        <Button look="strong" type="submit" busy={isBusy} disabled={!canSend}>
          {isQuestion ? "Ask" : "Save"}
        </Button>
      </div>
    </form>
  );
}
