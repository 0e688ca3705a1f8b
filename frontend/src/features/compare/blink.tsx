import { useEffect, useState } from "react";
import { Button } from "@/ui/button";
import { Frame, Layer } from "./frame";
import type { Pair } from "./pictures";
import type { View } from "./view";

/** Slower than what could harm anybody. */
const BLINK_MS = 700;

/** One in the place of the other, by hand or by itself. */
export function Blink({ pair: { a, b, ratio }, view }: { pair: Pair; view: View }) {
  const [showsB, setShowsB] = useState(false);
  const [runs, setRuns] = useState(false);
  useEffect(() => {
    if (!runs) return;
    const timer = setInterval(() => setShowsB((now) => !now), BLINK_MS);
    return () => clearInterval(timer);
  }, [runs]);
  return (
    <div className="flex flex-col gap-2">
      <Frame ratio={ratio}>
        <Layer output={a} alt={showsB ? "" : "Picture A"} view={view} />
        <Layer output={b} alt={showsB ? "Picture B" : ""} view={view} style={{ opacity: showsB ? 1 : 0 }} />
        <span className="absolute top-2 left-2 rounded bg-raised/85 px-2 py-0.5 font-semibold text-sm">
          {showsB ? "B" : "A"}
        </span>
      </Frame>
      <div className="flex justify-center gap-2" onPointerDown={(event) => event.stopPropagation()}>
        <Button onClick={() => setShowsB(!showsB)}>Show {showsB ? "A" : "B"}</Button>
        <Button aria-pressed={runs} onClick={() => setRuns(!runs)}>
          {runs ? "Stop" : "By itself"}
        </Button>
      </div>
    </div>
  );
}
