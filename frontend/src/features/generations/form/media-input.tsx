import { useMutation, useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { FileAudio, FileVideo, ImageIcon, Upload } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { messageOf } from "@/api/failure";
import { Button } from "@/ui/button";
import { toast } from "@/ui/toast";
import type { Value } from "./parameters";
import { thumbnailOptions, upload, uploadId } from "./uploads";

interface MediaInputProps {
  id: string;
  kind: "image" | "audio" | "video";
  value: Value;
  onChange: (value: Value) => void;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

const ICONS = { image: ImageIcon, audio: FileAudio, video: FileVideo } as const;

/** A file that the workflow starts from: dropped, pasted or chosen, and kept by the server. */
export function MediaInput({ id, kind, value, onChange, "aria-describedby": told }: MediaInputProps) {
  const [isOver, setIsOver] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const { mutate, isPending, data } = useMutation({
    mutationFn: upload,
    onSuccess: ({ reference }) => onChange(reference),
    onError: (failure) => toast({ kind: "error", message: `The file was not taken. ${messageOf(failure)}` }),
  });
  const take = (files: FileList | null | undefined) => {
    const [file] = files ?? [];
    if (file) mutate(file);
    return file !== undefined;
  };
  const onDrop = (event: DragEvent) => {
    setIsOver(false);
    event.preventDefault();
    take(event.dataTransfer.files);
  };
  const onDragOver = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(true);
  };
  const name = data && data.reference === value ? data.filename : nameFor(String(value), kind);
  return (
    <fieldset
      aria-label={`${kind} file`}
      onDragOver={onDragOver}
      onDragLeave={() => setIsOver(false)}
      onDrop={onDrop}
      onPaste={(event) => take(event.clipboardData.files) && event.preventDefault()}
      className={clsx(
        "flex min-w-0 items-center gap-2 rounded-md border border-dashed p-1.5",
        isOver ? "border-accent bg-hover" : "border-control",
      )}
    >
      <Thumbnail kind={kind} value={String(value)} />
      <div className="flex min-w-0 flex-1 flex-col items-start">
        <span title={name} className="max-w-full truncate text-xs">
          {name}
        </span>
        <input
          ref={chooser}
          type="file"
          accept={`${kind}/*`}
          hidden
          onChange={(event) => {
            take(event.target.files);
            event.target.value = "";
          }}
        />
        <Button
          id={id}
          look="quiet"
          aria-describedby={told}
          busy={isPending}
          onClick={() => chooser.current?.click()}
          className="-ml-2 min-h-7! px-2! py-0!"
        >
          <Upload size={15} aria-hidden />
          {isPending ? "Uploading" : "Choose or drop"}
        </Button>
      </div>
    </fieldset>
  );
}

function nameFor(value: string, kind: string): string {
  if (value === "") return `No ${kind} yet`;
  return uploadId(value) === null ? value : `Uploaded ${kind}`;
}

function Thumbnail({ kind, value }: { kind: MediaInputProps["kind"]; value: string }) {
  const id = uploadId(value);
  const { data } = useQuery({ ...thumbnailOptions(id ?? ""), enabled: id !== null });
  const Icon = ICONS[kind];
  if (id !== null && data) return <img src={data} alt="" className="size-11 shrink-0 rounded object-cover" />;
  return (
    <span className="flex size-11 shrink-0 items-center justify-center rounded bg-sunken text-soft">
      <Icon size={20} aria-hidden />
    </span>
  );
}
