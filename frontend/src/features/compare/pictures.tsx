import { Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { useState } from "react";
import type { Generation, GenerationOutput } from "@/api/types";
import { Button, IconButton } from "@/ui/button";
import { Blink } from "./blink";
import { Frame, Layer } from "./frame";
import { Over } from "./over";
import { useView } from "./use-view";

export interface Pair {
  a: GenerationOutput;
  b: GenerationOutput;
  ratio: number;
}

type Mode = "beside" | "over" | "blink";

const MODES: readonly { mode: Mode; label: string }[] = [
  { mode: "beside", label: "Side by side" },
  { mode: "over", label: "Slider" },
  { mode: "blink", label: "Blink" },
];

/** Both pictures, zoomed and moved together. */
export function Pictures({ a, b }: { a: Generation; b: Generation }) {
  const [mode, setMode] = useState<Mode>("beside");
  const [places, setPlaces] = useState({ a: 0, b: 0 });
  const { view, box, zoomIn, zoomOut, reset, handlers } = useView();
  const pictures = { a: picturesOf(a), b: picturesOf(b) };
  const [first, second] = [pictures.a[places.a], pictures.b[places.b]];
  if (!first || !second) return <p className="text-soft text-sm">Only one of them, or none, has a picture.</p>;
  const pair: Pair = { a: first, b: second, ratio: ratioOf(first, second) };
  return (
    <section aria-label="Pictures" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <div className="flex flex-wrap gap-1">
          {MODES.map(({ mode: one, label }) => (
            <Button
              key={one}
              look={one === mode ? "strong" : "plain"}
              aria-pressed={one === mode}
              onClick={() => setMode(one)}
            >
              {label}
            </Button>
          ))}
        </div>
        <div className="flex">
          <IconButton label="Zoom in" onClick={zoomIn}>
            <ZoomIn size={16} aria-hidden />
          </IconButton>
          <IconButton label="Zoom out" onClick={zoomOut}>
            <ZoomOut size={16} aria-hidden />
          </IconButton>
          <IconButton label="Fit" onClick={reset}>
            <Maximize size={16} aria-hidden />
          </IconButton>
        </div>
        <p className="text-soft text-xs pointer-coarse:hidden">
          The wheel zooms with Ctrl, or after a click on a picture.
        </p>
        <Which
          label="Picture of A"
          count={pictures.a.length}
          at={places.a}
          onChoose={(at) => setPlaces({ ...places, a: at })}
        />
        <Which
          label="Picture of B"
          count={pictures.b.length}
          at={places.b}
          onChoose={(at) => setPlaces({ ...places, b: at })}
        />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would not take the keys that move the pictures. */}
      <div
        ref={box}
        {...handlers}
        role="group"
        aria-label="Both pictures. Plus and minus zoom, arrow keys move, 0 fits."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard zooms and moves what is in it.
        tabIndex={0}
        className={`rounded-lg ${view.scale > 1 ? "cursor-grab touch-none active:cursor-grabbing" : "touch-pan-y"}`}
      >
        {mode === "beside" && (
          <div className="grid gap-3 md:grid-cols-2">
            <Named name="A">
              <Frame ratio={pair.ratio}>
                <Layer output={pair.a} alt="Picture A" view={view} />
              </Frame>
            </Named>
            <Named name="B">
              <Frame ratio={pair.ratio}>
                <Layer output={pair.b} alt="Picture B" view={view} />
              </Frame>
            </Named>
          </div>
        )}
        {mode === "over" && <Over pair={pair} view={view} />}
        {mode === "blink" && <Blink pair={pair} view={view} />}
      </div>
    </section>
  );
}

function Named({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <figure className="flex min-w-0 flex-col gap-1">
      {children}
      <figcaption className="text-center font-medium text-sm">{name}</figcaption>
    </figure>
  );
}

interface WhichProps {
  label: string;
  count: number;
  at: number;
  onChoose: (at: number) => void;
}

/** Which one of several. */
function Which({ label, count, at, onChoose }: WhichProps) {
  if (count < 2) return null;
  return (
    <label className="flex items-center gap-1.5 text-sm">
      {label}
      <select
        value={at}
        onChange={(event) => onChoose(Number(event.target.value))}
        className="min-h-9 rounded-md border border-control bg-raised px-2"
      >
        {Array.from({ length: count }, (_, place) => place).map((place) => (
          <option key={place} value={place}>
            {place + 1} of {count}
          </option>
        ))}
      </select>
    </label>
  );
}

const picturesOf = ({ outputs }: Generation) => outputs.filter(({ media_type }) => media_type.startsWith("image/"));

/** A box that both fit in. */
function ratioOf(...outputs: readonly GenerationOutput[]): number {
  const ratios = outputs.map(({ width, height }) => (width && height ? width / height : 1));
  return Math.max(...ratios);
}
