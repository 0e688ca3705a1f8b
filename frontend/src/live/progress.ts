import { create } from "zustand";
import type { GenerationStatus } from "@/api/types";

/** How far a generation is, from the newest thing heard of it; what the row itself says may be older. */
export interface Progress {
  seq: number;
  status: GenerationStatus;
  percent: number;
  node: string | null;
  previewUrl: string | null;
  waitingReason: string | null;
  heardAt: number;
}

export type Heard = Pick<Progress, "seq" | "status" | "percent"> & Partial<Progress>;

const KEPT_MS = 60_000;

export const useProgress = create<Record<string, Progress>>(() => ({}));

/** Keeps what is newer than what was heard before; the server numbers all events of one generation by `seq`. */
export function hear(id: string, heard: Heard): boolean {
  const known = useProgress.getState()[id];
  if (known && known.seq >= heard.seq) return false;
  const isSameRun = known?.status === "running" && heard.status === "running";
  useProgress.setState({
    [id]: {
      node: isSameRun ? known.node : null,
      previewUrl: isSameRun ? known.previewUrl : null,
      waitingReason: null,
      ...heard,
      percent: Math.max(heard.percent, known?.percent ?? 0),
      heardAt: Date.now(),
    },
  });
  return true;
}

/** Drops what has not been heard of for a while, except what still goes on. */
export function forgetOld(isActive: (id: string) => boolean): void {
  const oldest = Date.now() - KEPT_MS;
  const all = Object.entries(useProgress.getState());
  const kept = all.filter(([id, { heardAt }]) => heardAt > oldest || isActive(id));
  if (kept.length < all.length) useProgress.setState(Object.fromEntries(kept), true);
}
