import { useQuery } from "@tanstack/react-query";
import type { ActiveItem, Generation } from "@/api/types";
import { activeOptions } from "@/live/polling";
import { Cancel } from "./running";
import type { Shown } from "./shown";

/** Not begun yet, and why. */
export function Waiting({ row, shown }: { row: Generation; shown: Shown }) {
  const place = useQuery({
    ...activeOptions,
    enabled: false,
    select: (items) => placeOf(row, items),
  }).data;
  return (
    <div className="flex flex-wrap items-center gap-3 text-sm">
      <p className="min-w-0 flex-1 break-words text-soft">{shown.waitingReason ?? placeText(place ?? 0)}</p>
      <Cancel row={row} />
    </div>
  );
}

/** How many were asked for before it, of the same ComfyUI, and have not ended. */
function placeOf({ id, profile_id }: Generation, items: readonly ActiveItem[]): number {
  const own = items.filter((item) => item.profile_id === profile_id);
  return Math.max(
    0,
    own.findIndex((item) => item.id === id),
  );
}

function placeText(before: number): string {
  if (before === 0) return "Waiting for its turn.";
  return `Waiting for its turn, ${before} before it.`;
}
