import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { VListHandle } from "virtua";
import type { Generation } from "@/api/types";
import { useAsked } from "../reread";
import { watchedOf } from "./watched";

const NEAR_PX = 60;
const ABOVE_PX = 8;
const TOUCHES = ["wheel", "touchmove", "keydown", "pointerdown"] as const;

/**
 * Keeps the newest picture in sight while the reader is there, and stays where the reader is otherwise: at the end of the
 * list, but never past the top of that picture, unless the reader goes on to what is below. `box` holds the list.
 */
export function useFollowing(
  box: RefObject<HTMLElement | null>,
  list: RefObject<VListHandle | null>,
  rows: readonly Generation[],
) {
  const newest = rows.at(-1)?.id;
  const lastOffset = useRef(0);
  const shown = useRef("");
  const isTouched = useRef(false);
  const [left, setLeft] = useState<string | null>(null);
  /** The same before it is drawn: a row or a size may change in between. */
  const leftAt = useRef(left);
  const isAway = left !== null;
  const asked = useAsked((now) => now.asked);

  const hold = () => {
    const watched = watchedOf(rows);
    if (leftAt.current !== null || !watched || !list.current) return;
    const { offset, hasPicture } = placeIn(box.current, watched.id);
    const now = `${watched.id} ${hasPicture}`;
    if (shown.current !== now) isTouched.current = false;
    shown.current = now;
    if (!hasPicture) list.current.scrollToIndex(rows.indexOf(watched), { align: "end" });
    else if (!isTouched.current || list.current.scrollOffset < offset) list.current.scrollTo(offset);
  };
  const leave = useCallback((at: string | null) => {
    leftAt.current = at;
    setLeft(at);
  }, []);
  const toEnd = useCallback(() => {
    shown.current = "";
    leave(null);
  }, [leave]);
  const onScroll = (offset: number) => {
    const place = placeIn(box.current, watchedOf(rows)?.id);
    if (place.offset - offset < NEAR_PX) leave(null);
    else if (offset < lastOffset.current) leave(leftAt.current ?? newest ?? null);
    lastOffset.current = offset;
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever changes of the rows may move the picture.
  useLayoutEffect(hold, [rows, isAway]);
  useEffect(() => {
    if (asked !== null) toEnd();
  }, [asked, toEnd]);
  useEffect(() => {
    const element = box.current;
    const touch = () => {
      isTouched.current = true;
    };
    for (const kind of TOUCHES) element?.addEventListener(kind, touch, { passive: true });
    return () => {
      for (const kind of TOUCHES) element?.removeEventListener(kind, touch);
    };
  }, [box]);
  return { isAway, hasNew: isAway && left !== newest, toEnd, onScroll, onResize: hold };
}

/** How far to scroll for the picture of a row; to the end where that is less far, or it has none in the page. */
function placeIn(box: HTMLElement | null, id: string | undefined): { offset: number; hasPicture: boolean } {
  const feed = box?.querySelector('[role="feed"]');
  if (!feed) return { offset: 0, hasPicture: false };
  const end = feed.scrollHeight - feed.clientHeight;
  const picture = feed.querySelector(`[data-picture-of="${id}"]`);
  if (!picture) return { offset: end, hasPicture: false };
  const above = picture.getBoundingClientRect().top - feed.getBoundingClientRect().top;
  return { offset: Math.min(end, feed.scrollTop + above - ABOVE_PX), hasPicture: true };
}

/** Whether this change of the rows is older ones that came before the first: what is in sight then stays in place. */
export function useShift(rows: readonly Generation[]): boolean {
  const drawn = useRef(rows);
  useLayoutEffect(() => {
    drawn.current = rows;
  });
  const before = drawn.current;
  return rows[0]?.id !== before[0]?.id && rows.at(-1)?.id === before.at(-1)?.id;
}
