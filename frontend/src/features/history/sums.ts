import type { components } from "@/api/schema";

type Statistics = components["schemas"]["TaskStatistics"];
type Sums = Pick<Statistics, "total" | "complete" | "failed" | "cost_usd" | "unpriced_calls">;

/** Of all groups; the cost of those whose price nobody knows is in none of it. */
export function sumOf(groups: readonly Sums[]): Sums {
  const sum = { total: 0, complete: 0, failed: 0, unpriced_calls: 0, cost_usd: null as number | null };
  for (const group of groups) {
    sum.total += group.total;
    sum.complete += group.complete;
    sum.failed += group.failed;
    sum.unpriced_calls += group.unpriced_calls;
    if (group.cost_usd !== null) sum.cost_usd = (sum.cost_usd ?? 0) + group.cost_usd;
  }
  return sum;
}

/** An unknown price is never shown as nothing. */
export function costShown({ cost_usd, unpriced_calls }: Pick<Sums, "cost_usd" | "unpriced_calls">): string {
  if (cost_usd === null || (cost_usd === 0 && unpriced_calls > 0))
    return unpriced_calls > 0 ? "price unknown" : "no cost";
  const digits = cost_usd > 0 && cost_usd < 0.01 ? 6 : 2;
  return `${unpriced_calls > 0 ? "at least " : ""}$${cost_usd.toFixed(digits)}`;
}
