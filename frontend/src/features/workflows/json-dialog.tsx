import type { UseQueryResult } from "@tanstack/react-query";
import { Copy, Download, WrapText } from "lucide-react";
import { lazy, type RefObject, Suspense, useRef, useState } from "react";
import { messageOf } from "@/api/failure";
import { Button } from "@/ui/button";
import { copyText } from "@/ui/clipboard";
import { Confirm } from "@/ui/confirm";
import { Dialog } from "@/ui/dialog";
import { Failed } from "@/ui/notice";
import { saveFile } from "@/ui/save-file";
import { Skeleton } from "@/ui/skeleton";
import type { EditorHandle } from "./json-editor";
import { formatJson, inLines, jsonProblem } from "./json-text";

interface JsonDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  reading: Pick<UseQueryResult<string>, "data" | "error" | "refetch">;
  filename: string;
  onSave?: (text: string) => Promise<void>;
}

const JsonEditor = lazy(() => import("./json-editor"));

/** Shows JSON with every number to the letter; with `onSave` it can be changed. Asks before changes are lost. */
export function JsonDialog({ open, onOpenChange, title, reading, filename, onSave }: JsonDialogProps) {
  const { data: text, error, refetch } = reading;
  const editor = useRef<EditorHandle>(null);
  const [isChanged, setChanged] = useState(false);
  const [asksToLeave, askToLeave] = useState(false);

  const close = () => {
    setChanged(false);
    askToLeave(false);
    onOpenChange(false);
  };
  const onOpen = (next: boolean) => {
    if (next) onOpenChange(true);
    else if (editor.current?.leaveSearch()) return;
    else if (isChanged) askToLeave(true);
    else close();
  };
  const save = onSave && ((changed: string) => onSave(changed).then(close));

  return (
    <Dialog open={open} onOpenChange={onOpen} title={title} wide>
      {text === undefined && error && (
        <Failed what="The JSON could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {text === undefined && !error && <Skeleton className="h-[60dvh]" />}
      {text !== undefined && (
        <Contents
          editor={editor}
          title={title}
          text={text}
          filename={filename}
          isChanged={isChanged}
          onChange={() => setChanged(onSave !== undefined)}
          {...(save ? { save } : {})}
        />
      )}
      <Confirm
        open={asksToLeave}
        onOpenChange={askToLeave}
        title="Throw away your changes?"
        sentence="They have not been saved."
        verb="Throw away"
        onConfirm={close}
      />
    </Dialog>
  );
}

interface ContentsProps {
  editor: RefObject<EditorHandle | null>;
  title: string;
  text: string;
  filename: string;
  isChanged: boolean;
  onChange: () => void;
  save?: (text: string) => Promise<void>;
}

function Contents({ editor, title, text: given, filename, isChanged, onChange, save }: ContentsProps) {
  const [text] = useState(() => inLines(given));
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const current = () => (isChanged ? (editor.current?.text() ?? text) : text);

  /** Runs with sound JSON only; else says what is wrong, and goes there. */
  const withSound = (run: (sound: string) => void) => {
    const now = current();
    const found = jsonProblem(now);
    setProblem(found && `Line ${found.line}: ${found.message}.`);
    if (found) editor.current?.goTo(found.position);
    else run(now);
  };
  const keep = async (changed: string) => {
    setBusy(true);
    await save?.(changed).catch((failure: unknown) => setProblem(messageOf(failure)));
    setBusy(false);
  };

  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => withSound((sound) => editor.current?.replace(formatJson(sound)))}>
          <WrapText size={16} aria-hidden />
          Format
        </Button>
        <Button onClick={() => void copyText(current(), "JSON")}>
          <Copy size={16} aria-hidden />
          Copy
        </Button>
        <Button onClick={() => download(current(), filename)}>
          <Download size={16} aria-hidden />
          Download
        </Button>
        {save && (
          <Button look="strong" className="ml-auto" busy={busy} disabled={!isChanged} onClick={() => withSound(keep)}>
            Save
          </Button>
        )}
      </div>
      {problem && (
        <p role="alert" className="break-words rounded-md border border-bad px-3 py-2 text-bad text-sm">
          {problem}
        </p>
      )}
      <div className="h-[60dvh]">
        <Suspense fallback={<Skeleton className="h-full" />}>
          <JsonEditor ref={editor} label={title} text={text} isReadOnly={!save} onChange={onChange} />
        </Suspense>
      </div>
    </div>
  );
}

function download(text: string, filename: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  saveFile(address, filename);
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
