import { useEffect, useRef } from "react";
import { useMay } from "@/features/auth/me";
import { MayWrite } from "@/features/generations/cards/action-button";
import { useIsPhone } from "@/ui/phone";
import { usePageTitle } from "@/ui/title";
import { ExportButton } from "./export-button";
import { Found } from "./found";
import { Chips } from "./search/chips";
import { FilterPanel } from "./search/panel";
import { SearchBar } from "./search/search-bar";
import { keepFoundTrue } from "./upkeep";
import { useFilters } from "./use-filters";

/** All pictures of the workspace, and every way to find one again. */
export function Library() {
  const search = useFilters();
  const scroller = useRef<HTMLDivElement>(null);
  const isPhone = useIsPhone();
  const mayWrite = useMay("write");
  usePageTitle("Library");
  useEffect(() => keepFoundTrue(), []);
  return (
    <MayWrite value={mayWrite}>
      <div className="flex h-full min-h-0">
        {!isPhone && (
          <aside
            aria-label="Filters"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1).
            tabIndex={0}
            className="w-64 shrink-0 overflow-y-auto border-line border-r bg-raised p-3 -outline-offset-2"
          >
            <FilterPanel search={search} />
          </aside>
        )}
        <div ref={scroller} className="relative min-w-0 flex-1 overflow-y-auto">
          <div className="flex flex-col gap-3 p-4 sm:p-6">
            <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
              <h1 className="font-semibold text-xl">Library</h1>
              <div className="ml-auto">
                <ExportButton of={{ filters: search.filters }} />
              </div>
            </header>
            <SearchBar search={search} />
            <Chips search={search} />
            <Found search={search} scroller={scroller} />
          </div>
        </div>
      </div>
    </MayWrite>
  );
}
