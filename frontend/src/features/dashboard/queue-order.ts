import type { ActiveItem } from "@/api/types";
import type { Progress } from "@/live/progress";

const MOST_SHOWN = 10;
/** `/active` ends here (docs/api.md); the counts of `/stats` go on. */
const MOST_LISTED = 1_000;

interface QueueShown {
  running: number;
  pending: number;
  shown: readonly ActiveItem[];
}

/** What is at work first, then what waits, the oldest first; only so many rows as somebody reads. */
export function orderQueue(
  items: readonly ActiveItem[],
  counted: { running: number; pending: number } | undefined,
): QueueShown {
  const running = items.filter(({ status }) => status === "running");
  const pending = items.filter(({ status }) => status === "pending");
  const isCut = items.length >= MOST_LISTED && counted !== undefined;
  return {
    running: isCut ? counted.running : running.length,
    pending: isCut ? counted.pending : pending.length,
    shown: [...running, ...pending].slice(0, MOST_SHOWN),
  };
}

type Heard = Pick<Progress, "seq" | "status" | "percent" | "node">;

/** The row as it is now: what was heard since the list was read is newer. */
export function withProgress(item: ActiveItem, heard: Heard | undefined) {
  const { status, progress, current_node } = item;
  if (!heard || heard.seq <= item.seq) return { status, percent: progress, node: current_node };
  return { status: heard.status, percent: heard.percent, node: heard.node ?? current_node };
}
