import type { CSSProperties, ReactNode } from "react";
import type { GenerationOutput } from "@/api/types";
import type { View } from "./view";

/** A box that a picture is moved in. */
export function Frame({ ratio, children }: { ratio: number; children: ReactNode }) {
  return (
    <div
      data-frame
      className="relative mx-auto max-h-[70dvh] w-full overflow-hidden rounded-lg bg-sunken"
      style={{ aspectRatio: ratio, maxWidth: `${70 * ratio}dvh` }}
    >
      {children}
    </div>
  );
}

interface LayerProps {
  output: GenerationOutput;
  alt: string;
  view: View;
  style?: CSSProperties;
}

/** One picture as it is zoomed and moved; `style` is of what it is cut off by. */
export function Layer({ output, alt, view: { scale, x, y }, style }: LayerProps) {
  return (
    <div className="absolute inset-0 bg-sunken" style={style}>
      <img
        src={output.url}
        alt={alt}
        draggable={false}
        className="size-full select-none object-contain"
        style={{ transform: `translate(${x * 100}%, ${y * 100}%) scale(${scale})` }}
      />
    </div>
  );
}
