import { type RefObject, useLayoutEffect, useState } from "react";
import type { Line } from "./layout";

const BEYOND_PX = 800;

/** Where each line begins, and after the last one the end. */
export function topsOf(lines: readonly Line<unknown>[], gap: number): number[] {
  const tops = [0];
  for (const { height } of lines) tops.push((tops.at(-1) ?? 0) + height + gap);
  return tops;
}

/** The first line that reaches below `from`, and the one after the last that begins above `to`. */
export function linesWithin(tops: readonly number[], from: number, to: number): readonly [number, number] {
  const first = tops.findIndex((_, line) => (tops[line + 1] ?? Number.POSITIVE_INFINITY) > from);
  const end = tops.findIndex((top) => top >= to);
  return [Math.max(0, Math.min(first, tops.length - 1)), end < 0 ? tops.length - 1 : Math.min(end, tops.length - 1)];
}

/** The numbers of the lines that are in sight, or nearly: only these are in the page. */
export function useInSight(
  scroller: RefObject<HTMLElement | null>,
  box: RefObject<HTMLElement | null>,
  tops: readonly number[],
): readonly [number, number] {
  const [range, setRange] = useState<readonly [number, number]>([0, 0]);
  useLayoutEffect(() => {
    const view = scroller.current;
    const list = box.current;
    if (!view || !list) return;
    const look = () => {
      const above = view.getBoundingClientRect().top - list.getBoundingClientRect().top;
      const next = linesWithin(tops, above - BEYOND_PX, above + view.clientHeight + BEYOND_PX);
      setRange((now) => (now[0] === next[0] && now[1] === next[1] ? now : next));
    };
    look();
    view.addEventListener("scroll", look, { passive: true });
    const watch = new ResizeObserver(look);
    watch.observe(view);
    return () => {
      view.removeEventListener("scroll", look);
      watch.disconnect();
    };
  }, [scroller, box, tops]);
  return range;
}
