import { type FocusEvent, useLayoutEffect, useRef } from "react";

/** A row that moves in the document loses the focus; it gets it back. Its buttons have an `id`. */
export function useKeepFocus(order: string) {
  const last = useRef<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the order has changed.
  useLayoutEffect(() => {
    if (last.current === null || document.activeElement !== document.body) return;
    document.getElementById(last.current)?.focus();
  }, [order]);
  return {
    onFocus: ({ target }: FocusEvent) => {
      last.current = target.id || null;
    },
    onBlur: ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget !== null) last.current = null;
    },
  };
}
