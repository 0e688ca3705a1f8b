import { type FocusEvent, type KeyboardEvent, type RefObject, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Generation } from "@/api/types";
import { faceOf } from "./face";
import { topsOf, useInSight } from "./in-sight";
import { useKeptScroll } from "./kept-scroll";
import { lineAt, linesOf, ratioOf, stepFrom } from "./layout";
import type { Selection } from "./selection";
import { Tile } from "./tile";
import { useWidth } from "./width";

interface GridProps {
  rows: readonly Generation[];
  /** They are those of the search before, until this one's have come. */
  isPassing: boolean;
  scroller: RefObject<HTMLElement | null>;
  selection: Selection;
  onOpen: (row: Generation) => void;
  onDelete: () => void;
}

const GAP = 8;
const WIDE = 700;
const HEIGHTS = { wide: 220, narrow: 150 };

/** To where the tab key comes in. */
export const focusStop = () => document.querySelector<HTMLElement>('[data-tile][tabindex="0"]')?.focus();

/** Pictures in lines, with one tab stop: arrow keys move, Enter opens, Space selects, with Shift as far as one goes. */
export function Grid({ rows, isPassing, scroller, selection, onOpen, onDelete }: GridProps) {
  const box = useRef<HTMLUListElement>(null);
  const width = useWidth(box);
  const lines = useMemo(() => {
    const height = width >= WIDE ? HEIGHTS.wide : HEIGHTS.narrow;
    return linesOf(rows, shapeOf, { width, height, gap: GAP });
  }, [rows, width]);
  const places = useMemo(() => new Map(rows.map(({ id }, place) => [id, place])), [rows]);
  const tops = useMemo(() => topsOf(lines, GAP), [lines]);
  const [first, end] = useInSight(scroller, box, tops);
  useKeptScroll(scroller, width > 0 && !isPassing);
  const { stop, setStop, moveTo } = useTabStop(box, rows);
  const stopLine = lineAt(lines, stop).line;

  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[stop];
    if (!row || event.altKey || !(event.target instanceof HTMLElement) || event.target.dataset.tile === undefined)
      return;
    const next = stepFrom(lines, stop, event.key);
    const act = next === null ? actOn(event, row, rows, selection, onDelete) : () => moveTo(next);
    if (!act) return;
    event.preventDefault();
    act();
    const reached = next === null ? undefined : rows[next];
    if (event.shiftKey && reached) selection.extendTo(reached.id, row.id);
  };
  const onFocus = ({ target }: FocusEvent) => {
    const tile = target instanceof HTMLElement ? target.closest<HTMLElement>("[data-of]")?.dataset.of : undefined;
    if (tile !== undefined) setStop(tile);
  };

  return (
    <ul
      ref={box}
      aria-label="Pictures"
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      className="relative"
      style={{ height: tops.at(-1) }}
    >
      {lines.flatMap(({ tiles, height }, line) =>
        (line >= first && line < end) || line === stopLine
          ? tiles.map(({ item: row, left, width: tileWidth }) => (
              <Tile
                key={row.id}
                row={row}
                box={{ left, top: tops[line] ?? 0, width: tileWidth, height }}
                position={(places.get(row.id) ?? 0) + 1}
                count={rows.length}
                isSelected={selection.ids.has(row.id)}
                isSelecting={selection.ids.size > 0}
                tabIndex={row.id === rows[stop]?.id ? 0 : -1}
                onOpen={() => onOpen(row)}
                onSelect={(isRange) => (isRange ? selection.extendTo(row.id) : selection.toggle(row.id))}
              />
            ))
          : [],
      )}
    </ul>
  );
}

/** What a key does beside moving. */
function actOn(
  { key, ctrlKey, metaKey }: KeyboardEvent,
  row: Generation,
  rows: readonly Generation[],
  selection: Selection,
  onDelete: () => void,
): (() => void) | undefined {
  if (key === " ") return () => selection.toggle(row.id);
  if (key === "a" && (ctrlKey || metaKey)) return () => selection.choose(rows.map(({ id }) => id));
  if (selection.ids.size === 0) return undefined;
  if (key === "Delete") return onDelete;
  return key === "Escape" ? selection.clear : undefined;
}

function shapeOf(row: Generation): number {
  const face = faceOf(row);
  return ratioOf(face?.width ?? row.width, face?.height ?? row.height);
}

/** Where the tab key comes in. When its row is gone, the one that has come to its place takes over, and the focus with it. */
function useTabStop(box: RefObject<HTMLElement | null>, rows: readonly Generation[]) {
  const [at, setAt] = useState({ id: "", index: 0 });
  const [wanted, setWanted] = useState<string | null>(null);
  const known = rows.findIndex(({ id }) => id === at.id);
  const stop = known >= 0 ? known : Math.max(0, Math.min(at.index, rows.length - 1));
  const stopId = rows[stop]?.id;
  const isGone = at.id !== "" && known < 0;

  useLayoutEffect(() => {
    if (!isGone || stopId === undefined) return;
    const isLost = document.activeElement === null || document.activeElement === document.body;
    setAt((now) => ({ id: stopId, index: now.index }));
    if (isLost) setWanted(stopId);
  }, [isGone, stopId]);
  useLayoutEffect(() => {
    if (wanted === null) return;
    box.current?.querySelector<HTMLElement>(`[data-tile="${CSS.escape(wanted)}"]`)?.focus();
    setWanted(null);
  }, [wanted, box]);

  const setStop = (id: string) => setAt({ id, index: rows.findIndex((row) => row.id === id) });
  const moveTo = (index: number) => {
    const row = rows[index];
    if (!row) return;
    setAt({ id: row.id, index });
    setWanted(row.id);
  };
  return { stop, setStop, moveTo };
}
