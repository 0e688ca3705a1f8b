import { counted } from "@/ui/amounts";
import type { Filters } from "./filters";
import type { FoundPage } from "./queries";

/** How many there are; of very many the least there are. */
export function totalText(total: FoundPage["pagination"], filters: Filters): string {
  const statuses = [filters.status ?? []].flat();
  const noun = statuses.length > 0 && !statuses.includes("completed") ? "generation" : "picture";
  return total.total_is_capped ? `${total.total.toLocaleString()}+ ${noun}s` : counted(total.total, noun);
}

export function Total({ total, filters }: { total: FoundPage["pagination"] | undefined; filters: Filters }) {
  return (
    <p role="status" className="min-h-5 text-soft text-sm tabular-nums">
      {total && totalText(total, filters)}
    </p>
  );
}
