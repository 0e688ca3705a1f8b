import type { Search } from "../use-filters";
import { FacetLists } from "./facet-lists";
import { HowFields } from "./how-fields";
import { WhereFields } from "./where-fields";

/** Every way to narrow the list, beside the words that one searches for. */
export function FilterPanel({ search }: { search: Search }) {
  return (
    <div className="flex flex-col gap-5">
      <FacetLists search={search} />
      <section aria-label="Where" className="flex flex-col gap-3">
        <h2 className="font-semibold text-sm">Where it was made</h2>
        <WhereFields search={search} />
      </section>
      <section aria-label="How" className="flex flex-col gap-3">
        <h2 className="font-semibold text-sm">How it was made</h2>
        <HowFields search={search} />
      </section>
    </div>
  );
}
