import { type RefObject, useCallback, useEffect, useEffectEvent, useRef, useState } from "react";

const NEAR_PX = 48;

/** Finds a place anew, since what stands there may be drawn anew; null where it is gone. */
type Find = () => DOMRect | null;

interface Anchor {
  box: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  /** Whether the newest words are in sight. */
  isAtEnd: boolean;
  toEnd: () => void;
  /** Keeps that place in sight until somebody scrolls, whatever grows around it. */
  toPlace: (find: Find) => void;
}

/** What stays in sight while a text grows: its end as long as the reader is there, else whatever the reader looks at. */
export function useAnchor(): Anchor {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const anchor = useRef<"end" | Find | null>("end");
  const lastTop = useRef(0);
  const [isAtEnd, setAtEnd] = useState(true);

  const hold = useCallback(() => {
    if (anchor.current === "end") box.current?.scrollTo({ top: box.current.scrollHeight });
    else if (anchor.current && box.current) show(box.current, anchor.current());
  }, []);
  const note = useEffectEvent((element: HTMLDivElement) => {
    const { scrollTop, scrollHeight, clientHeight } = element;
    const isNear = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (isNear && typeof anchor.current !== "function") anchor.current = "end";
    else if (scrollTop < lastTop.current && anchor.current === "end") anchor.current = null;
    lastTop.current = scrollTop;
    setAtEnd(isNear || anchor.current === "end");
  });

  useEffect(() => {
    const [outer, inner] = [box.current, content.current];
    if (!outer || !inner) return;
    const onScroll = () => note(outer);
    const letGo = () => {
      if (typeof anchor.current === "function") anchor.current = null;
    };
    const observer = new ResizeObserver(() => {
      hold();
      note(outer);
    });
    observer.observe(outer);
    observer.observe(inner);
    outer.addEventListener("scroll", onScroll, { passive: true });
    const kinds = ["wheel", "touchmove", "keydown", "pointerdown"] as const;
    for (const kind of kinds) outer.addEventListener(kind, letGo, { passive: true });
    return () => {
      observer.disconnect();
      outer.removeEventListener("scroll", onScroll);
      for (const kind of kinds) outer.removeEventListener(kind, letGo);
    };
  }, [hold]);

  const toEnd = useCallback(() => {
    anchor.current = "end";
    hold();
  }, [hold]);
  const toPlace = useCallback(
    (find: Find) => {
      anchor.current = find;
      hold();
    },
    [hold],
  );
  return { box, content, isAtEnd, toEnd, toPlace };
}

/** In the middle, or from its top where it is too high for that. */
function show(box: HTMLElement, place: DOMRect | null): void {
  if (!place) return;
  const { top } = box.getBoundingClientRect();
  const room = box.clientHeight - place.height;
  box.scrollTop += place.top - top - Math.max(NEAR_PX, room / 2);
}
