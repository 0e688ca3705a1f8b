import { clsx } from "clsx";
import { Film, Images, Star } from "lucide-react";
import { type MouseEvent, useEffect } from "react";
import { Link } from "react-router";
import type { Generation } from "@/api/types";
import { setFavorite } from "@/features/generations/cards/act";
import { ActionButton } from "@/features/generations/cards/action-button";
import { isVideo } from "@/features/generations/cards/outputs";
import { nameOf } from "@/features/generations/cards/shown";
import { isOver } from "@/features/generations/merge";
import { enterRoom } from "@/live/socket";
import { Face, faceOf } from "./face";

interface TileProps {
  row: Generation;
  box: { left: number; top: number; width: number; height: number };
  /** From 1, of `count`. */
  position: number;
  count: number;
  isSelected: boolean;
  /** Something is selected, so that a click selects too. */
  isSelecting: boolean;
  tabIndex: 0 | -1;
  onOpen: () => void;
  onSelect: (isRange: boolean) => void;
}

const CORNER = "absolute rounded-md bg-raised/85 group-focus-within:opacity-100 group-hover:opacity-100";
const SHY = "pointer-fine:opacity-0";
/** A finger finds it in the large view; beside the box there is no room for it. */
const FOR_MOUSE = "pointer-coarse:hidden pointer-fine:opacity-0";

/** One generation among many: a click opens it, its box selects it. */
export function Tile(props: TileProps) {
  const { row, box, position, count, isSelected, isSelecting, tabIndex, onOpen, onSelect } = props;
  const name = nameOf(row);
  useOwnRoom(row);
  const onClick = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const isByMouse = event.detail > 0;
    if (event.shiftKey || (isSelecting && isByMouse)) onSelect(event.shiftKey);
    else onOpen();
  };
  return (
    <li
      data-of={row.id}
      aria-posinset={position}
      aria-setsize={count}
      className={clsx(
        "group absolute scroll-my-24 overflow-hidden rounded-lg bg-sunken",
        isSelected && "outline-3 outline-accent -outline-offset-3",
      )}
      style={box}
    >
      <Link
        to={`/generations/${row.id}`}
        data-tile={row.id}
        tabIndex={tabIndex}
        title={row.prompt_text ?? name}
        aria-label={`${STATUS_WORDS[row.status]}: ${name}`}
        onClick={onClick}
        draggable={false}
        className="relative block size-full select-none rounded-lg -outline-offset-4"
      >
        <Face row={row} />
      </Link>
      <label
        className={clsx(CORNER, "top-1 left-1 grid size-9 cursor-pointer place-items-center", !isSelecting && SHY)}
      >
        <input
          type="checkbox"
          tabIndex={tabIndex}
          checked={isSelected}
          aria-label={`Select ${name}`}
          className="size-4.5 accent-accent"
          onClick={(event) => onSelect(event.shiftKey)}
          onChange={() => undefined}
        />
      </label>
      <div className={clsx(CORNER, "top-1 right-1", !row.favorite && FOR_MOUSE)}>
        <ActionButton
          iconOnly
          writes
          label={row.favorite ? "Remove from favorites" : "Add to favorites"}
          aria-pressed={row.favorite}
          tabIndex={tabIndex}
          Icon={Star}
          filled={row.favorite}
          className={clsx("min-w-9 px-2!", row.favorite && "text-warn")}
          run={() => setFavorite(row, !row.favorite)}
        />
      </div>
      <Kind row={row} />
    </li>
  );
}

const STATUS_WORDS: Record<Generation["status"], string> = {
  pending: "Waiting",
  running: "Running",
  completed: "Open",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** More than one output, or one that moves. */
function Kind({ row }: { row: Generation }) {
  const face = faceOf(row);
  const count = row.outputs.length;
  if (!face || (count === 1 && !isVideo(face))) return null;
  return (
    <span className="pointer-events-none absolute right-1 bottom-1 flex items-center gap-1 rounded-md bg-raised/85 px-1.5 py-0.5 text-xs tabular-nums">
      {isVideo(face) ? <Film size={12} aria-hidden /> : <Images size={12} aria-hidden />}
      {isVideo(face) && <span className="sr-only">Video</span>}
      {count > 1 && (
        <span>
          {count}
          <span className="sr-only"> outputs</span>
        </span>
      )}
    </span>
  );
}

/** How far it is, is told only to those who listen to it. */
function useOwnRoom(row: Generation): void {
  const hears = !isOver(row);
  useEffect(() => (hears ? enterRoom("generation", row.id) : undefined), [hears, row.id]);
}
