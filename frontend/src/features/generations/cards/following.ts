import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { VListHandle } from "virtua";
import type { Generation } from "@/api/types";
import { useAsked } from "../reread";

const NEAR_PX = 60;

/** Stays at the end of the list while the reader is there, and where the reader is otherwise. */
export function useFollowing(list: RefObject<VListHandle | null>, rows: readonly Generation[]) {
  const newest = rows.at(-1)?.id;
  const lastOffset = useRef(0);
  const [left, setLeft] = useState<string | null>(null);
  const isAway = left !== null;
  const asked = useAsked((now) => now.asked);

  const toEnd = useCallback(() => {
    setLeft(null);
    list.current?.scrollToIndex(rows.length - 1, { align: "end" });
  }, [list, rows.length]);
  const onScroll = (offset: number) => {
    if (!list.current) return;
    const isNear = list.current.scrollSize - list.current.viewportSize - offset < NEAR_PX;
    if (isNear) setLeft(null);
    else if (offset < lastOffset.current) setLeft((known) => known ?? newest ?? null);
    lastOffset.current = offset;
  };
  const onResize = () => {
    if (!isAway) list.current?.scrollToIndex(rows.length - 1, { align: "end" });
  };

  useLayoutEffect(() => {
    if (!isAway) list.current?.scrollToIndex(rows.length - 1, { align: "end" });
  }, [list, rows, isAway]);
  useEffect(() => {
    if (asked !== null) setLeft(null);
  }, [asked]);
  return { isAway, hasNew: isAway && left !== newest, toEnd, onScroll, onResize };
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
