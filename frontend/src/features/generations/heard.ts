import type { Generation, ResourceChanged } from "@/api/types";

/** What an event or answer said of a generation of any session, or of none. */
export interface Heard {
  id: string;
  change: ResourceChanged["change"];
  /** Its row has this since then at least; without it, it is only known that something is different. */
  seq?: number;
  /** The row itself, where an answer of the API brought it. */
  row?: Generation;
}

const listeners = new Set<(heard: Heard) => void>();

export function tellGeneration(heard: Heard): void {
  for (const listener of listeners) listener(heard);
}

/** Hears of all generations of the workspace until the returned function is called. */
export function onGeneration(listener: (heard: Heard) => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
