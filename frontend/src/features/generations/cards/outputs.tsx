import { clsx } from "clsx";
import { FileDown } from "lucide-react";
import type { Generation, GenerationOutput } from "@/api/types";
import { useBroken } from "../broken";
import { download } from "./act";
import { ActionButton } from "./action-button";
import { Picture } from "./picture";

export const isPicture = ({ media_type }: GenerationOutput) => media_type.startsWith("image/");
export const isVideo = ({ media_type }: GenerationOutput) => media_type.startsWith("video/");
const isAudio = ({ media_type }: GenerationOutput) => media_type.startsWith("audio/");
const isText = ({ text }: GenerationOutput) => typeof text === "string";

/** All that a generation has made, each kind as one looks at it. */
export function Outputs({ row }: { row: Generation }) {
  const pictures = row.outputs.filter(isPicture);
  const others = row.outputs.filter((output) => !isPicture(output));
  return (
    <>
      {pictures.length > 0 && (
        <div className={pictures.length > 1 ? "grid grid-cols-2 gap-2 sm:grid-cols-3" : "contents"}>
          {pictures.map((output, place) => (
            <Picture
              key={output.index}
              row={row}
              output={output}
              label={`Open picture ${place + 1} of ${pictures.length}`}
            />
          ))}
        </div>
      )}
      {others.map((output) => (
        <Other key={output.index} row={row} output={output} />
      ))}
    </>
  );
}

function Other({ row, output }: MediaProps) {
  if (isVideo(output)) return <Video row={row} output={output} className="max-h-96 w-full max-w-lg" />;
  if (isAudio(output)) return <Sound row={row} output={output} />;
  if (isText(output)) {
    return (
      <pre className="max-h-60 overflow-y-auto whitespace-pre-wrap break-words rounded-md bg-sunken p-3 text-sm">
        {output.text}
      </pre>
    );
  }
  return (
    <ActionButton
      look="plain"
      className="self-start"
      label={output.filename}
      Icon={FileDown}
      run={() => download(row, output)}
    />
  );
}

interface MediaProps {
  row: Generation;
  output: GenerationOutput;
}

function Sound({ row, output }: MediaProps) {
  const { onError } = useBroken(row, output.url);
  return (
    <audio
      controls
      preload="none"
      src={output.url}
      onError={onError}
      aria-label={output.filename}
      className="w-full max-w-lg"
    >
      <track kind="captions" />
    </audio>
  );
}

export function Video({ row, output, className }: MediaProps & { className: string }) {
  const { onError } = useBroken(row, output.url);
  const { width, height, thumbnail_url } = output;
  return (
    <video
      controls
      loop
      preload={thumbnail_url ? "none" : "metadata"}
      src={output.url}
      onError={onError}
      aria-label={output.filename}
      className={clsx("rounded-lg bg-sunken", className)}
      style={{ aspectRatio: width && height ? `${width} / ${height}` : "16 / 9" }}
      {...(thumbnail_url ? { poster: thumbnail_url } : {})}
    >
      <track kind="captions" />
    </video>
  );
}
