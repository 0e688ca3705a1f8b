import { memo } from "react";
import { Cell, type GridProps } from "./cell";
import type { Plain } from "./grid";
import { labelOf, valueText } from "./naming";
import type { Batch } from "./queries";

/** One after the other, each with what makes it differ. */
export function PlainGrid({ batch, cells, parameters, roving, px, onOpen, grid }: GridProps & { grid: Plain }) {
  const first = roving.current ?? grid.places[0];
  return (
    <div ref={roving.box}>
      <ul
        aria-label="Pictures"
        {...roving.keys}
        className="grid gap-2"
        style={{ gridTemplateColumns: `repeat(auto-fill, minmax(min(${px}px, 45%), 1fr))` }}
      >
        {grid.places.map((place) => (
          <Item
            key={place}
            place={place}
            row={cells.get(place)}
            kind={batch.kind}
            axes={batch.axes}
            parameters={parameters}
            px={px}
            isCurrent={place === first}
            onOpen={onOpen}
          />
        ))}
      </ul>
    </div>
  );
}

interface ItemProps extends Pick<Batch, "kind" | "axes">, Pick<GridProps, "parameters" | "px" | "onOpen"> {
  place: number;
  row: ReturnType<GridProps["cells"]["get"]>;
  isCurrent: boolean;
}

/** Drawn anew only when its own picture changes: there may be a thousand of them. */
const Item = memo(function Item({ place, row, kind, axes, parameters, ...rest }: ItemProps) {
  const ofSweep = kind === "sweep" ? axes.map(({ parameter, values }) => [parameter, values[place]] as const) : [];
  const told = row?.batch_coordinates ? Object.entries(row.batch_coordinates) : ofSweep;
  const caption = told.map(([, value]) => valueText(value)).join(" · ");
  const name = told.map(([parameter, value]) => `${labelOf(parameter, parameters)} ${valueText(value)}`).join(", ");
  return (
    <li data-place={place} className="min-w-0">
      <Cell row={row} name={name || `Picture ${place + 1}`} {...rest} />
      <p className="truncate text-soft text-xs" title={caption}>
        {caption}
      </p>
    </li>
  );
});
