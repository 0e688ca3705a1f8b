import { clsx } from "clsx";
import { SendHorizontal, Square, X } from "lucide-react";
import { type ClipboardEvent, type KeyboardEvent, useState } from "react";
import { type Picked, PromptPicker } from "@/features/prompts/prompt-picker";
import { Button, IconButton } from "@/ui/button";
import { isComposing } from "@/ui/composing";
import { usePageDrop } from "@/ui/page-drop";
import { useShortcut } from "@/ui/shortcuts";
import { toast } from "@/ui/toast";
import { AttachedPictures } from "./attached-pictures";
import { isEmpty, TAKEN } from "./content";
import { changeDraft, draftOf, useDraft } from "./drafts";
import { GrowingText } from "./growing-text";
import { PictureButton } from "./picture-button";
import { usePictureUpload } from "./picture-upload";

const COMPOSER = "chat-message";

export const focusComposer = () => document.getElementById(COMPOSER)?.focus();

/** An office program copies a picture of its text along. */
const isFormattedText = (types: readonly string[]) => types.includes("text/plain") && types.includes("text/html");

/** Where a finger writes, Enter is a new line, and the button sends. */
const isTouch = () => matchMedia("(hover: none) and (pointer: coarse)").matches;

/** The focus would bring up the keys of a phone. */
const focusUnlessTouched = () => isTouch() || focusComposer();

interface ComposerProps {
  /** Whose draft it is. */
  of: string;
  /** Why nothing can be sent now; null where it can. */
  hindrance: string | null;
  /** Why no pictures can go along; null where they can. */
  blindness: string | null;
  /** Where the message goes, if not to the end. */
  place: { text: string; onLeave: () => void } | null;
  /** Raises nothing: what goes wrong it says itself. */
  onSend: () => Promise<void>;
  /** Null where nothing is being answered. */
  onStop: (() => void) | null;
}

/** Where a message is written, with the pictures that go along. */
export function Composer({ of, hindrance, blindness, place, onSend, onStop }: ComposerProps) {
  const draft = useDraft(of);
  const [isSending, setSending] = useState(false);
  const { add, isUploading } = usePictureUpload((picture) =>
    changeDraft(of, { pictures: [...draftOf(of).pictures, picture] }),
  );
  useShortcut("/", "Write a message", focusComposer);

  const attach = (files: Iterable<File>) => {
    const pictures = [...files];
    if (pictures.length === 0) return;
    if (blindness !== null) toast({ kind: "error", message: blindness });
    else add(pictures, draft.pictures.length);
  };
  const isOver = usePageDrop((type) => TAKEN.includes(type), attach);
  const trouble = hindrance ?? (draft.pictures.length > 0 ? blindness : null);
  const canSend = trouble === null && onStop === null && !isSending && !isUploading && !isEmpty(draft);
  const send = async () => {
    if (!canSend) return;
    setSending(true);
    await onSend();
    setSending(false);
    requestAnimationFrame(() => document.activeElement === document.body && focusUnlessTouched());
  };
  const pick = ({ text, isAdded }: Picked) => {
    changeDraft(of, { text: isAdded && draft.text !== "" ? `${draft.text}\n${text}` : text });
    requestAnimationFrame(focusComposer);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    if (event.key === "Escape" && onStop) onStop();
    else if (event.key === "Enter" && !event.shiftKey && (!isTouch() || event.ctrlKey || event.metaKey)) void send();
    else return;
    event.preventDefault();
  };
  const onPaste = (event: ClipboardEvent) => {
    const { files, types } = event.clipboardData;
    if (files.length === 0 || isFormattedText(types)) return;
    event.preventDefault();
    attach(files);
  };
  return (
    <form
      aria-label="Message"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      className="border-line border-t bg-raised px-3 py-2.5"
    >
      <div className="mx-auto flex max-w-3xl flex-col gap-2">
        {place && (
          <p className="flex items-center gap-2 text-sm text-soft">
            <span className="min-w-0 flex-1 truncate">{place.text}</span>
            <IconButton label="Continue at the end" onClick={place.onLeave}>
              <X size={16} aria-hidden />
            </IconButton>
          </p>
        )}
        <AttachedPictures
          pictures={draft.pictures}
          isUploading={isUploading}
          onRemove={(gone) => changeDraft(of, { pictures: draft.pictures.filter(({ id }) => id !== gone) })}
        />
        <GrowingText
          id={COMPOSER}
          rows={1}
          aria-label="Message"
          placeholder="Write a message"
          value={draft.text}
          onChange={(text) => changeDraft(of, { text })}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          className={clsx("max-h-[35dvh]", isOver && "outline-2 outline-accent outline-dashed")}
        />
        <div className="flex items-center gap-1">
          <PictureButton blindness={blindness} onFiles={attach} />
          <PromptPicker current={draft.text} onPick={pick} />
          <Told text={trouble} />
          {onStop ? <StopButton onStop={onStop} /> : <SendButton isBusy={isSending} disabled={!canSend} />}
        </div>
      </div>
    </form>
  );
}

function Told({ text }: { text: string | null }) {
  return (
    <div className="min-w-0 flex-1 px-1 text-soft text-xs">
      <p role="status">{text}</p>
      {text === null && <p className="max-md:hidden">Enter sends, Shift+Enter begins a new line.</p>}
    </div>
  );
}

function SendButton({ isBusy, disabled }: { isBusy: boolean; disabled: boolean }) {
  return (
    <Button look="strong" type="submit" busy={isBusy} disabled={disabled} aria-label="Send" title="Send">
      <SendHorizontal size={18} aria-hidden />
    </Button>
  );
}

function StopButton({ onStop }: { onStop: () => void }) {
  useShortcut("Escape", "Stop the answer", onStop);
  return (
    <Button
      onClick={() => {
        focusUnlessTouched();
        onStop();
      }}
      title="Escape"
    >
      <Square size={15} aria-hidden className="fill-current" />
      Stop
    </Button>
  );
}
