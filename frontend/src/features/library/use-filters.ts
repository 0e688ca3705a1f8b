import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { type Change, type Filters, filtersOf, type SortName, sortOf, withChange, withoutFilters } from "./filters";

export interface Search {
  filters: Filters;
  sort: SortName;
  change: (change: Change) => void;
  clear: () => void;
}

/** What is looked for lives in the address; each change is a step that "back" undoes, but the letters of one word. */
export function useFilters(): Search {
  const [params, setParams] = useSearchParams();
  const filters = useMemo(() => filtersOf(params), [params]);
  return {
    filters,
    sort: sortOf(params),
    change: (change) => setParams((now) => withChange(now, change), { replace: "q" in change && params.has("q") }),
    clear: () => setParams((now) => withoutFilters(now)),
  };
}
