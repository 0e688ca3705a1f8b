import { ImageOff } from "lucide-react";
import type { Generation, GenerationOutput } from "@/api/types";
import { useBroken } from "../broken";
import { openLightbox } from "../lightbox/place";
import { Box } from "./box";

/** A thumbnail in a box of its final size. */
export function Picture({ row, output, label }: { row: Generation; output: GenerationOutput; label: string }) {
  const url = output.thumbnail_url ?? output.url;
  const { isBroken, onError } = useBroken(row, url);
  return (
    <Box width={output.width} height={output.height}>
      <button
        type="button"
        aria-label={label}
        onClick={() => openLightbox(row.id, output.index)}
        className="grid size-full place-items-center"
      >
        {isBroken ? (
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
