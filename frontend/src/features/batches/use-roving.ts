import { type FocusEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useMay } from "@/features/auth/me";
import { setFavorite } from "@/features/generations/cards/act";
import type { Cells } from "./cells";

export type Roving = ReturnType<typeof useRoving>;

/** One tab stop for the grid: the picture where the keyboard is. Each row of cells has `data-line`, each cell `data-place`. */
export function useRoving(cells: Cells) {
  const [current, setCurrent] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const hasFocus = useRef(false);
  const mayWrite = useMay("write");

  const focus = (cell: Element | null | undefined) => cell?.querySelector<HTMLElement>("[data-cell]")?.focus();
  const focusCurrent = () => focus(box.current?.querySelector(`[data-place="${current ?? 0}"]`));

  /** What had the focus may be gone with its picture; no browser tells of that. */
  useEffect(() => {
    if (hasFocus.current && document.activeElement === document.body) focusCurrent();
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const { target } = event;
    if (!(target instanceof HTMLElement) || target.dataset.cell === undefined || event.ctrlKey || event.metaKey) return;
    const place = Number(target.closest<HTMLElement>("[data-place]")?.dataset.place);
    if (event.key === "f" && mayWrite) {
      const row = cells.get(place);
      if (row) void setFavorite(row, !row.favorite);
      return;
    }
    const next = stepFrom(box.current, target, event.key);
    if (!next) return;
    event.preventDefault();
    focus(next);
  };

  const onFocus = ({ target }: FocusEvent) => {
    hasFocus.current = true;
    const place = target.closest<HTMLElement>("[data-place]")?.dataset.place;
    if (place !== undefined) setCurrent(Number(place));
  };
  const onBlur = ({ relatedTarget }: FocusEvent) => {
    hasFocus.current = relatedTarget instanceof Node && (box.current?.contains(relatedTarget) ?? false);
  };
  return { box, current, focusCurrent, keys: { onKeyDown, onFocus, onBlur } };
}

/** The cell that an arrow leads to, by what is seen: rows of a plain grid are as long as the window lets them be. */
function stepFrom(box: HTMLElement | null, from: HTMLElement, key: string): Element | undefined {
  const all = [...(box?.querySelectorAll("[data-place]") ?? [])];
  const own = from.closest("[data-place]");
  if (!own) return undefined;
  const at = all.indexOf(own);
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  if (key === "ArrowLeft") return all[at - 1];
  if (key === "ArrowRight") return all[at + 1];
  const { left, top } = own.getBoundingClientRect();
  const isIn = (cell: Element) => Math.abs(cell.getBoundingClientRect().left - left) < 4;
  const lies = (cell: Element) => cell.getBoundingClientRect().top - top;
  if (key === "ArrowDown") return all.slice(at + 1).find((cell) => isIn(cell) && lies(cell) > 4);
  if (key === "ArrowUp") return all.slice(0, at).findLast((cell) => isIn(cell) && lies(cell) < -4);
  return undefined;
}
