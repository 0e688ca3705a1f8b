import { clsx } from "clsx";
import { useMemo, useState } from "react";
import type { components } from "@/api/schema";
import { LargeView } from "@/features/generations/lightbox/large-view";
import { type Place, shotsOf } from "@/features/generations/lightbox/place";
import { Button } from "@/ui/button";
import { useParam } from "@/ui/param";
import type { Cells } from "./cells";
import { DepthChoices } from "./depth-choices";
import { depthsAt, gridOf } from "./grid";
import { PlainGrid } from "./plain-grid";
import type { Batch } from "./queries";
import { TableGrid } from "./table-grid";
import { useRoving } from "./use-roving";

interface BatchGridProps {
  batch: Batch;
  cells: Cells;
  parameters: readonly components["schemas"]["ExtractedParameter"][];
}

const SIZES = [
  { name: "s", label: "Small", px: 88 },
  { name: "m", label: "Middle", px: 144 },
  { name: "l", label: "Large", px: 232 },
] as const;

/** The pictures in the order of what varies. Arrow keys go through them, Enter opens, F marks a favorite. */
export function BatchGrid({ batch, cells, parameters }: BatchGridProps) {
  const [asked, setAsked] = useParam("at");
  const [sizeName, setSize] = useParam("size");
  const [place, setPlace] = useState<Place | null>(null);
  const at = depthsAt(batch, asked);
  const grid = gridOf(batch, at);
  const size = SIZES.find(({ name }) => name === sizeName) ?? SIZES[1];
  const roving = useRoving(cells);
  const shots = useMemo(() => shotsOf([...cells].sort(([one], [other]) => one - other).map(([, row]) => row)), [cells]);
  const shared = { batch, cells, parameters, roving, px: size.px, onOpen: setPlace };
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-end gap-3">
        <DepthChoices batch={batch} at={at} parameters={parameters} onChange={(next) => setAsked(next.join(","))} />
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would want a legend and a border. */}
        <div role="group" aria-label="Size of the pictures" className="ml-auto flex">
          {SIZES.map(({ name, label }) => (
            <Button
              key={name}
              look="quiet"
              aria-pressed={size.name === name}
              onClick={() => setSize(name === "m" ? "" : name)}
              className={clsx(size.name === name ? "bg-hover" : "text-soft")}
            >
              {label}
            </Button>
          ))}
        </div>
      </div>
      {grid.kind === "table" ? <TableGrid {...shared} grid={grid} /> : <PlainGrid {...shared} grid={grid} />}
      {place && (
        <LargeView
          shots={shots}
          place={place}
          hasMore={false}
          onPlace={setPlace}
          onClose={() => setPlace(null)}
          onFocusLost={roving.focusCurrent}
        />
      )}
    </div>
  );
}
