import { clsx } from "clsx";
import { FileJson, Upload } from "lucide-react";
import { type ChangeEvent, type DragEvent, useRef, useState } from "react";
import { Button } from "@/ui/button";
import { Field, TextArea } from "@/ui/field";
import { ACCEPTED, KINDS } from "./workflow-file";

interface ImportSourceProps {
  file: File | null;
  pasted: string;
  onFile: (file: File | null) => void;
  onPaste: (text: string) => void;
}

/** A file, dropped or chosen, or else a text. */
export function ImportSource({ file, pasted, onFile, onPaste }: ImportSourceProps) {
  const [isOver, setOver] = useState(false);
  const onDrop = (event: DragEvent) => {
    setOver(false);
    const [dropped] = event.dataTransfer.files;
    if (!dropped) return;
    event.preventDefault();
    onFile(dropped);
  };
  const onDragOver = (event: DragEvent) => {
    if (![...event.dataTransfer.items].some(({ kind }) => kind === "file")) return;
    event.preventDefault();
    setOver(true);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button in it does the same
    <div onDrop={onDrop} onDragOver={onDragOver} onDragLeave={() => setOver(false)} className="flex flex-col gap-4">
      <div
        className={clsx(
          "flex flex-wrap items-center gap-3 rounded-md border border-dashed px-3 py-3 text-sm",
          isOver ? "border-accent bg-hover" : "border-control",
        )}
      >
        {file ? <Chosen file={file} onFile={onFile} /> : <Chooser onFile={onFile} />}
      </div>
      {!file && (
        <Field label="Workflow JSON" hint="The text of a workflow, in place of a file.">
          {(told) => (
            <TextArea
              {...told}
              rows={6}
              spellCheck={false}
              placeholder={'{"3": {"class_type": "KSampler", …'}
              className="font-mono"
              value={pasted}
              onChange={(event) => onPaste(event.target.value)}
            />
          )}
        </Field>
      )}
    </div>
  );
}

function Chooser({ onFile }: Pick<ImportSourceProps, "onFile">) {
  const chooser = useRef<HTMLInputElement>(null);
  const onChosen = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const [chosen] = target.files ?? [];
    if (chosen) onFile(chosen);
    target.value = "";
  };
  return (
    <>
      <Button onClick={() => chooser.current?.click()}>
        <Upload size={16} aria-hidden />
        Choose a file
      </Button>
      <span className="min-w-0 flex-1 text-soft">
        or drop one here.
        <span className="block text-xs">{KINDS}</span>
      </span>
      <input ref={chooser} type="file" accept={ACCEPTED} aria-label="Workflow file" onChange={onChosen} hidden />
    </>
  );
}

function Chosen({ file, onFile }: { file: File; onFile: ImportSourceProps["onFile"] }) {
  return (
    <>
      <FileJson size={18} aria-hidden />
      <span className="wrap-anywhere min-w-0 flex-1">
        {file.name}, {sizeOf(file.size)}
      </span>
      <Button onClick={() => onFile(null)}>Remove</Button>
    </>
  );
}

const KIB = 1_024;

function sizeOf(bytes: number): string {
  if (bytes < KIB) return `${bytes} bytes`;
  return bytes < KIB * KIB ? `${Math.round(bytes / KIB)} KiB` : `${(bytes / KIB / KIB).toFixed(1)} MiB`;
}
