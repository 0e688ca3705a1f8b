import {
  AudioLines,
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  Clock,
  File,
  Film,
  ImageOff,
  LoaderCircle,
} from "lucide-react";
import type { ReactNode } from "react";
import type { Generation, GenerationOutput } from "@/api/types";
import { useBroken } from "@/features/generations/broken";
import { isPicture, isVideo } from "@/features/generations/cards/outputs";
import { nameOf, useShown } from "@/features/generations/cards/shown";
import { NewestPicture } from "@/ui/newest-picture";

/** The output that stands for all: a picture, else a video, else whatever came first. */
export const faceOf = ({ outputs }: Pick<Generation, "outputs">): GenerationOutput | undefined =>
  outputs.find(isPicture) ?? outputs.find(isVideo) ?? outputs[0];

/** What a generation looks like among many. */
export function Face({ row }: { row: Generation }) {
  const output = faceOf(row);
  if (!output) return <WithoutOutput row={row} />;
  if (isPicture(output)) return <Still row={row} url={output.thumbnail_url ?? output.url} />;
  if (isVideo(output)) {
    return output.thumbnail_url ? (
      <Still row={row} url={output.thumbnail_url} />
    ) : (
      <Words Icon={Film} label="Video" text={nameOf(row)} />
    );
  }
  if (output.media_type.startsWith("audio/")) return <Words Icon={AudioLines} label="Sound" text={nameOf(row)} />;
  if (typeof output.text === "string")
    return <p className="size-full overflow-hidden break-words p-3 text-sm">{output.text}</p>;
  return <Words Icon={File} label={output.filename} text={nameOf(row)} />;
}

function Still({ row, url }: { row: Generation; url: string }) {
  const { isBroken, onError } = useBroken(row, url);
  if (isBroken) return <Words Icon={ImageOff} label="Cannot be loaded" text={nameOf(row)} />;
  return (
    <img
      src={url}
      alt=""
      loading="lazy"
      decoding="async"
      draggable={false}
      onError={onError}
      className="size-full object-contain"
    />
  );
}

function WithoutOutput({ row }: { row: Generation }) {
  const { status, percent, previewUrl } = useShown(row);
  if (status === "failed")
    return <Words Icon={CircleAlert} label="Failed" text={row.error ?? nameOf(row)} tone="text-bad" />;
  if (status === "cancelled") return <Words Icon={Ban} label="Cancelled" text={nameOf(row)} />;
  if (row.status === "completed") return <Words Icon={CircleDashed} label="Without output" text={nameOf(row)} />;
  if (status === "completed") return <Words Icon={CircleCheck} label="Completed" text={nameOf(row)} />;
  if (status === "pending")
    return <Words Icon={Clock} label={row.held_at ? "On hold" : "Waiting"} text={nameOf(row)} />;
  return (
    <>
      {previewUrl && <NewestPicture url={previewUrl} className="absolute size-full object-contain opacity-60" />}
      <Words
        Icon={LoaderCircle}
        label={percent > 0 ? `Running, ${percent} %` : "Running"}
        text={nameOf(row)}
        tone="text-accent"
        spins
      />
    </>
  );
}

interface WordsProps {
  Icon: typeof Ban;
  label: ReactNode;
  text: string;
  tone?: string;
  spins?: boolean;
}

function Words({ Icon, label, text, tone = "text-soft", spins = false }: WordsProps) {
  return (
    <span className="relative flex size-full flex-col items-center justify-center gap-1 overflow-hidden p-2 text-center text-xs">
      <Icon size={20} aria-hidden className={`${tone} shrink-0 ${spins ? "motion-safe:animate-spin" : ""}`} />
      <span className={`${tone} max-w-full truncate font-medium`}>{label}</span>
      <span className="line-clamp-2 max-w-full break-words text-soft">{text}</span>
    </span>
  );
}
