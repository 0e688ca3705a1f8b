import type { Generation } from "@/api/types";
import type { FoundPage } from "./queries";

/**
 * How many of the first page are not shown yet. What only moved up because others are gone is not new: it comes after
 * the last one that is shown. Where all was shown, more than that has come at the end.
 */
export function newsIn(head: FoundPage, rows: readonly Generation[], isWhole: boolean): number {
  const shown = new Set(rows.map(({ id }) => id));
  const last = head.data.findLastIndex(({ id }) => shown.has(id));
  const before = last < 0 ? head.data : head.data.slice(0, last);
  const count = before.filter(({ id }) => !shown.has(id)).length;
  const { total, total_is_capped } = head.pagination;
  return isWhole && !total_is_capped ? Math.max(count, total - rows.length) : count;
}
