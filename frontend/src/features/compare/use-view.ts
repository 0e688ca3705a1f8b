import { type KeyboardEvent, type PointerEvent, useCallback, useRef, useState } from "react";
import { moved, type View, WHOLE, zoomed } from "./view";

const STEP = 1.4;
const ARROW = 0.1;

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [ARROW, 0],
  ArrowRight: [-ARROW, 0],
  ArrowUp: [0, ARROW],
  ArrowDown: [0, -ARROW],
};

/**
 * One view of all boxes that take these handlers: wheel, keys and one or two fingers in any of them move all. The wheel
 * scrolls the page until one of them has the focus, unless Ctrl is held: so browsers tell of two fingers on a touchpad.
 */
export function useView() {
  const [view, setView] = useState<View>(WHOLE);
  const fingers = useRef(new Map<number, { x: number; y: number }>());
  const zoom = (factor: number, at?: { x: number; y: number }) => setView((now) => zoomed(now, factor, at));

  const box = useCallback((element: HTMLElement | null) => {
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey && !element.contains(document.activeElement)) return;
      event.preventDefault();
      const at = placeIn(event.target, event.clientX, event.clientY);
      setView((now) => zoomed(now, Math.exp(-event.deltaY * 0.002), at));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, []);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const known = fingers.current.get(event.pointerId);
    if (!known) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
    const frame = event.currentTarget.querySelector("[data-frame]") ?? event.currentTarget;
    const { width, height } = frame.getBoundingClientRect();
    fingers.current.set(event.pointerId, now);
    if (other) zoom(distance(now, other) / Math.max(1, distance(known, other)));
    else setView((before) => moved(before, (now.x - known.x) / width, (now.y - known.y) / height));
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => fingers.current.delete(event.pointerId);
  const onKeyDown = (event: KeyboardEvent) => {
    const move = MOVES[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (move && view.scale > 1) setView((now) => moved(now, ...move));
    else if (event.key === "+" || event.key === "=") zoom(STEP);
    else if (event.key === "-") zoom(1 / STEP);
    else if (event.key === "0") setView(WHOLE);
    else return;
    event.preventDefault();
  };
  return {
    view,
    box,
    zoomIn: () => zoom(STEP),
    zoomOut: () => zoom(1 / STEP),
    reset: () => setView(WHOLE),
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onKeyDown },
  };
}

const distance = (one: { x: number; y: number }, other: { x: number; y: number }) =>
  Math.hypot(one.x - other.x, one.y - other.y);

/** From the middle of the box that the pointer is in, in shares of it. */
function placeIn(target: EventTarget | null, x: number, y: number): { x: number; y: number } {
  const frame = target instanceof Element ? target.closest("[data-frame]") : null;
  if (!frame) return { x: 0, y: 0 };
  const { left, top, width, height } = frame.getBoundingClientRect();
  return { x: (x - left) / width - 0.5, y: (y - top) / height - 0.5 };
}
