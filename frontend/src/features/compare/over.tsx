import { useState } from "react";
import { Frame, Layer } from "./frame";
import type { Pair } from "./pictures";
import type { View } from "./view";

/** B over A, uncovered from the right by a slider. */
export function Over({ pair: { a, b, ratio }, view }: { pair: Pair; view: View }) {
  const [share, setShare] = useState(50);
  return (
    <div className="flex flex-col gap-2">
      <Frame ratio={ratio}>
        <Layer output={a} alt="Picture A, at the left" view={view} />
        <Layer output={b} alt="Picture B, at the right" view={view} style={{ clipPath: `inset(0 0 0 ${share}%)` }} />
        <div aria-hidden className="absolute inset-y-0 w-0.5 bg-accent" style={{ left: `${share}%` }} />
      </Frame>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its own keys and touches are not for the pictures. */}
      <div
        className="mx-auto flex w-full max-w-xl items-center gap-3 text-sm"
        onKeyDown={(event) => event.stopPropagation()}
        onPointerDown={(event) => event.stopPropagation()}
      >
        <span>A</span>
        <input
          type="range"
          min={0}
          max={100}
          value={share}
          aria-label="How much of A is shown, in percent"
          onChange={(event) => setShare(Number(event.target.value))}
          className="min-h-9 min-w-0 flex-1 accent-accent"
        />
        <span>B</span>
      </div>
    </div>
  );
}
