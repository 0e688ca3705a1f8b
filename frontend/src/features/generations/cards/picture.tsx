import { ImageOff } from "lucide-react";
import { useState } from "react";
import type { Generation, GenerationOutput } from "@/api/types";
import { openLightbox } from "../lightbox/place";
import { markStale } from "../reread";
import { Box } from "./box";

/** A thumbnail in a box of its final size. A signed address gets old: the row is then read once more. */
export function Picture({ row, output, label }: { row: Generation; output: GenerationOutput; label: string }) {
  const [broken, setBroken] = useState<string | null>(null);
  const url = output.thumbnail_url ?? output.url;
  const onError = () => {
    if (broken === null && row.session_id !== null) markStale(row.session_id, row.id);
    setBroken(url);
  };
  return (
    <Box width={output.width} height={output.height}>
      <button
        type="button"
        aria-label={label}
        onClick={() => openLightbox(row.id, output.index)}
        className="grid size-full place-items-center"
      >
        {broken === url ? (
          <span className="flex flex-col items-center gap-1 p-2 text-soft text-sm">
            <ImageOff aria-hidden />
            The picture cannot be loaded
          </span>
        ) : (
          <img
            src={url}
            alt=""
            loading="lazy"
            decoding="async"
            onError={onError}
            className="size-full object-contain"
          />
        )}
      </button>
    </Box>
  );
}
