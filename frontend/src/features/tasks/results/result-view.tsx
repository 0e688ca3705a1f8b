import { ImageOff } from "lucide-react";
import { useState } from "react";
import type { components } from "@/api/schema";
import { Markdown } from "@/ui/markdown";
import { rereadOnce } from "./queries";

export type ResultFile = components["schemas"]["ResultOutput"];
type Shown = Pick<components["schemas"]["TaskResult"], "type" | "content" | "outputs">;

/** What was made, each kind as one looks at it. */
export function ResultView({ result, name }: { result: Shown; name: string }) {
  if (result.outputs.length === 0) return <Markdown text={result.content} />;
  const isAlone = result.outputs.length === 1;
  return (
    <div className={isAlone ? "flex flex-col gap-2" : "grid gap-2 sm:grid-cols-2"}>
      {result.outputs.map((file) => (
        <FileView key={file.index} file={file} name={isAlone ? name : `${name}, ${file.index + 1}`} />
      ))}
    </div>
  );
}

function FileView({ file, name }: { file: ResultFile; name: string }) {
  if (file.media_type.startsWith("image/")) return <PictureView file={file} name={name} />;
  if (file.media_type.startsWith("audio/")) {
    return (
      <audio controls preload="none" src={file.url} aria-label={name} onError={rereadOnce} className="w-full max-w-lg">
        <track kind="captions" />
      </audio>
    );
  }
  if (file.media_type.startsWith("video/")) {
    return (
      <video
        controls
        loop
        preload={file.thumbnail_url ? "none" : "metadata"}
        src={file.url}
        aria-label={name}
        onError={rereadOnce}
        className="max-h-96 w-full max-w-lg rounded-lg bg-sunken"
        style={{ aspectRatio: shapeOf(file) }}
        {...(file.thumbnail_url ? { poster: file.thumbnail_url } : {})}
      >
        <track kind="captions" />
      </video>
    );
  }
  if (typeof file.text === "string") {
    return (
      <pre className="max-h-80 overflow-y-auto whitespace-pre-wrap break-words rounded-md bg-sunken p-3 text-sm">
        {file.text}
      </pre>
    );
  }
  return <p className="break-words text-sm">{file.filename}</p>;
}

const shapeOf = ({ width, height }: ResultFile) => (width && height ? `${width} / ${height}` : "16 / 9");

/** A signed address gets old: the row is then read once more. */
function PictureView({ file, name }: { file: ResultFile; name: string }) {
  const [broken, setBroken] = useState<string | null>(null);
  const onError = () => {
    setBroken(file.url);
    rereadOnce();
  };
  if (broken === file.url) {
    return (
      <p className="flex items-center gap-2 rounded-lg bg-sunken p-4 text-soft text-sm">
        <ImageOff size={18} aria-hidden />
        The picture cannot be loaded.
      </p>
    );
  }
  return (
    <a href={file.url} target="_blank" rel="noreferrer" className="block self-start">
      <img
        src={file.url}
        alt={name}
        loading="lazy"
        decoding="async"
        onError={onError}
        width={file.width ?? undefined}
        height={file.height ?? undefined}
        className="h-auto max-h-[60dvh] w-auto max-w-full rounded-lg bg-sunken object-contain"
      />
    </a>
  );
}
