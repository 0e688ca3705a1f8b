import { SlidersHorizontal, Star } from "lucide-react";
import { useState } from "react";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Select } from "@/ui/field";
import { LateSearch } from "@/ui/late-search";
import { useIsPhone } from "@/ui/phone";
import { activeOf, SORTS, type SortName } from "../filters";
import type { Search } from "../use-filters";
import { FilterPanel } from "./panel";

const SORT_NAMES: Record<SortName, string> = {
  newest: "Newest first",
  oldest: "Oldest first",
  longest: "Longest first",
};

/** Words, order and favorites; on a phone all other filters are a sheet. */
export function SearchBar({ search }: { search: Search }) {
  const { filters, sort, change } = search;
  const areFavorites = filters.favorite === "true";
  return (
    <search className="flex flex-wrap items-center gap-2">
      <LateSearch
        label="Search prompts"
        placeholder={'Search prompts: fox, "red fox", -blurry'}
        value={String(filters.q ?? "")}
        onChange={(q) => change({ q })}
        className="min-w-0 flex-1 basis-60"
      />
      <Button
        aria-pressed={areFavorites}
        onClick={() => change({ favorite: areFavorites ? null : "true" })}
        className={areFavorites ? "text-warn" : ""}
      >
        <Star size={16} aria-hidden fill={areFavorites ? "currentColor" : "none"} />
        <span className="max-sm:sr-only">Favorites</span>
      </Button>
      <div className="w-36">
        <Select aria-label="Order" value={sort} onChange={(event) => change({ sort: event.target.value })}>
          {SORTS.map((name) => (
            <option key={name} value={name}>
              {SORT_NAMES[name]}
            </option>
          ))}
        </Select>
      </div>
      <PhoneFilters search={search} />
    </search>
  );
}

function PhoneFilters({ search }: { search: Search }) {
  const isPhone = useIsPhone();
  const [isOpen, setOpen] = useState(false);
  if (!isPhone) return null;
  const count = activeOf(search.filters).length;
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <SlidersHorizontal size={16} aria-hidden />
        Filters{count > 0 && ` (${count})`}
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title="Filters">
        <FilterPanel search={search} />
      </Dialog>
    </>
  );
}
