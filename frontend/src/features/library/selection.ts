import { useEffect, useState } from "react";
import { useLocation } from "react-router";
import { toast } from "@/ui/toast";

/** What the server takes of tags at once, and what one window deletes in a reasonable time. */
const MOST = 500;

export interface Selection {
  ids: ReadonlySet<string>;
  toggle: (id: string) => void;
  /** All between the one that was touched last, or `from` where none was, and this one. */
  extendTo: (id: string, from?: string) => void;
  choose: (ids: readonly string[]) => void;
  clear: () => void;
}

/** What each entry of the history had chosen, as long as the page is open. */
const selections = new Map<string, ReadonlySet<string>>();

/** Those chosen among `order`, the ids as they are shown; who comes back has chosen what they had. */
export function useSelection(order: readonly string[]): Selection {
  const { key } = useLocation();
  const [kept, setKept] = useState<ReadonlySet<string>>(() => selections.get(key) ?? new Set());
  useEffect(() => {
    if (kept.size > 0) selections.set(key, kept);
    else selections.delete(key);
  }, [key, kept]);
  const [touched, setTouched] = useState<string | null>(null);
  const ids = present(kept, order);
  const keep = (next: ReadonlySet<string>) => {
    if (next.size > MOST) toast({ kind: "info", message: `At most ${MOST} at a time are selected.` });
    setKept(new Set([...next].slice(0, MOST)));
  };
  return {
    ids,
    toggle: (id) => {
      setTouched(id);
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      keep(next);
    },
    extendTo: (id, from) => {
      keep(new Set([...ids, ...between(order, (ids.size > 0 ? touched : null) ?? from ?? null, id)]));
      setTouched(id);
    },
    choose: (chosen) => keep(new Set(chosen)),
    clear: () => setKept(new Set()),
  };
}

/** Without those that are gone meanwhile. */
function present(ids: ReadonlySet<string>, order: readonly string[]): ReadonlySet<string> {
  if (ids.size === 0) return ids;
  const shown = new Set(order);
  return new Set([...ids].filter((id) => shown.has(id)));
}

/** From one to the other, both included, in either direction; only the second where the first is not there. */
export function between(order: readonly string[], from: string | null, to: string): readonly string[] {
  const start = from === null ? -1 : order.indexOf(from);
  const end = order.indexOf(to);
  if (end < 0) return [];
  return start < 0 ? [to] : order.slice(Math.min(start, end), Math.max(start, end) + 1);
}
