import { type RefObject, useEffect, useLayoutEffect } from "react";
import { useLocation } from "react-router";

/** How far each entry of the history was scrolled, as long as the page is open. */
const offsets = new Map<string, number>();

/** Where one comes back to, one is where one was; a new search begins at the top, unless only a picture was opened. */
export function useKeptScroll(scroller: RefObject<HTMLElement | null>, isReady: boolean): void {
  const { key, search } = useLocation();
  const params = new URLSearchParams(search);
  params.delete("picture");
  const sought = params.toString();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a picture that opens or closes has a key of its own, and moves nothing.
  useLayoutEffect(() => {
    if (isReady) scroller.current?.scrollTo({ top: offsets.get(key) ?? 0 });
  }, [isReady, sought, scroller]);
  useEffect(() => {
    const view = scroller.current;
    if (!view || !isReady) return;
    const keep = () => offsets.set(key, view.scrollTop);
    keep();
    view.addEventListener("scroll", keep, { passive: true });
    return () => view.removeEventListener("scroll", keep);
  }, [scroller, key, isReady]);
}
