import { clsx } from "clsx";
import { memo, useEffect, useState } from "react";
import { useNavigate } from "react-router";
import type { components } from "@/api/schema";
import type { Generation } from "@/api/types";
import { useBroken } from "@/features/generations/broken";
import { type Shown, useShown } from "@/features/generations/cards/shown";
import type { Place } from "@/features/generations/lightbox/place";
import { STATUSES } from "@/features/generations/statuses";
import { enterRoom } from "@/live/socket";
import { NewestPicture } from "@/ui/newest-picture";
import { CellActions } from "./cell-actions";
import { CellState } from "./cell-state";
import type { Cells } from "./cells";
import type { Batch } from "./queries";
import type { Roving } from "./use-roving";

export interface GridProps {
  batch: Batch;
  cells: Cells;
  parameters: readonly components["schemas"]["ExtractedParameter"][];
  roving: Roving;
  px: number;
  onOpen: (place: Place) => void;
}

interface CellProps {
  row: Generation | undefined;
  /** Where it stands: "CFG 7, Seed 4". */
  name: string;
  px: number;
  isCurrent: boolean;
  onOpen: (place: Place) => void;
}

/** One picture of the grid, or how far it is. What can be done with it stands there while it is looked at. */
export const Cell = memo(function Cell({ row, ...rest }: CellProps) {
  if (row) return <Filled row={row} {...rest} />;
  return (
    <div
      className="grid place-items-center rounded-md border border-line border-dashed text-soft text-xs"
      style={{ height: rest.px }}
    >
      <span data-cell tabIndex={rest.isCurrent ? 0 : -1} role="img" aria-label={`${rest.name}: deleted`}>
        Deleted
      </span>
    </div>
  );
});

function Filled({ row, name, px, isCurrent, onOpen }: CellProps & { row: Generation }) {
  const navigate = useNavigate();
  const shown = useShown(row);
  const isRunning = shown.status === "running";
  useEffect(() => (isRunning ? enterRoom("generation", row.id) : undefined), [isRunning, row.id]);
  const [isNear, setNear] = useState(false);
  const picture = row.outputs.find(({ media_type }) => /^(image|video)\//.test(media_type));
  const open = () => (picture ? onOpen({ id: row.id, index: picture.index }) : navigate(`/generations/${row.id}`));
  return (
    <div
      className={clsx(
        "group relative overflow-hidden rounded-md bg-sunken [content-visibility:auto]",
        row.favorite && "ring-2 ring-warn",
      )}
      style={{ height: px, containIntrinsicSize: `${px}px` }}
      onPointerEnter={() => setNear(true)}
      onPointerLeave={() => setNear(false)}
    >
      <button
        type="button"
        data-cell
        tabIndex={isCurrent ? 0 : -1}
        aria-label={`${name}: ${STATUSES[shown.status].label}${row.favorite ? ", favorite" : ""}`}
        title={name}
        onClick={open}
        className="grid size-full place-items-center -outline-offset-2"
      >
        <Contents row={row} shown={shown} />
      </button>
      {(isCurrent || isNear || row.favorite) && (
        <CellActions row={row} name={name} hasMenu={isCurrent || isNear} tabIndex={isCurrent ? 0 : -1} />
      )}
    </div>
  );
}

function Contents({ row, shown }: { row: Generation; shown: Shown }) {
  const output = row.outputs.find(({ media_type, thumbnail_url }) => thumbnail_url || media_type.startsWith("image/"));
  const url = output ? (output.thumbnail_url ?? output.url) : null;
  const { isBroken, onError } = useBroken(row, url);
  const state = <CellState row={row} shown={shown} isBroken={isBroken} />;
  if (!output && shown.previewUrl) {
    return (
      <NewestPicture url={shown.previewUrl} className="size-full object-contain">
        {state}
      </NewestPicture>
    );
  }
  if (!url || isBroken) return state;
  return (
    <img src={url} alt="" loading="lazy" decoding="async" onError={onError} className="size-full object-contain" />
  );
}
