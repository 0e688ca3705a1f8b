import { X } from "lucide-react";
import { Button } from "@/ui/button";
import { focusBeside, focusHeading } from "@/ui/focus-beside";
import { type Active, activeOf, toggled } from "../filters";
import type { Search } from "../use-filters";
import { useNames } from "./names";
import { wordsFor } from "./words";

/** What the list is narrowed to, each to be taken away by itself. */
export function Chips({ search: { filters, change, clear } }: { search: Search }) {
  const nameOf = useNames(filters);
  const active = activeOf(filters);
  if (active.length === 0) return null;
  const take = ({ name, value }: Active) => {
    focusBeside();
    change(toggled(filters, name, value));
  };
  const takeAll = () => {
    clear();
    focusHeading();
  };
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <ul aria-label="Filters in force" className="contents">
        {active.map((one) => {
          const words = wordsFor(one, nameOf);
          return (
            <li key={`${one.name} ${one.value}`} className="max-w-full">
              <button
                type="button"
                aria-label={`Take away the filter ${words}`}
                onClick={() => take(one)}
                className="flex min-h-9 max-w-full items-center gap-1.5 rounded-full border border-control bg-raised pr-2 pl-3 text-sm hover:bg-hover"
              >
                <span className="truncate">{words}</span>
                <X size={14} aria-hidden className="shrink-0 text-soft" />
              </button>
            </li>
          );
        })}
      </ul>
      <Button look="quiet" onClick={takeAll}>
        Clear all
      </Button>
    </div>
  );
}
