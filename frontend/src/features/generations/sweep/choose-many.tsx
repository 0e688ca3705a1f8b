import { useState } from "react";
import { Button } from "@/ui/button";
import { matching, SearchField } from "@/ui/search";

interface ChooseManyProps {
  label: string;
  options: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}

const FEW = 8;
const MOST_SHOWN = 200;

/** Some of many, found by typing parts of their names; those chosen stand first when it opens. */
export function ChooseMany({ label, options, chosen, onChange }: ChooseManyProps) {
  const [sought, setSought] = useState("");
  const [first] = useState(chosen);
  const ordered = [...options].sort((one, other) => Number(first.includes(other)) - Number(first.includes(one)));
  const found = matching(ordered, sought, (option) => option);
  const shown = found.slice(0, MOST_SHOWN);
  const toggle = (option: string) =>
    onChange(chosen.includes(option) ? chosen.filter((one) => one !== option) : [...chosen, option]);
  return (
    <fieldset className="min-w-0 flex-1 basis-72">
      <legend className="sr-only">{label}</legend>
      <div className="mb-1 flex flex-wrap items-center gap-2">
        {options.length > FEW && (
          <SearchField
            label={`Search: ${label}`}
            placeholder="Search"
            value={sought}
            onChange={setSought}
            className="max-w-60"
          />
        )}
        <Button look="quiet" onClick={() => onChange([...new Set([...chosen, ...found])])}>
          {sought.trim() === "" ? "All" : "All found"}
        </Button>
        <Button look="quiet" onClick={() => onChange([])}>
          None
        </Button>
      </div>
      <div className="grid max-h-44 grid-cols-[repeat(auto-fill,minmax(min(13rem,100%),1fr))] overflow-y-auto rounded-md border border-line p-1">
        {shown.map((option) => (
          <label key={option} className="flex min-h-9 min-w-0 items-center gap-2 rounded px-2 text-sm hover:bg-hover">
            <input
              type="checkbox"
              checked={chosen.includes(option)}
              onChange={() => toggle(option)}
              className="size-4 shrink-0 accent-(--accent)"
            />
            <span className="truncate" title={option}>
              {option}
            </span>
          </label>
        ))}
        {shown.length === 0 && <p className="p-2 text-soft text-sm">Nothing of that name.</p>}
      </div>
      {found.length > MOST_SHOWN && (
        <p className="mt-1 text-soft text-xs">
          The first {MOST_SHOWN} of {found.length}; search for the others.
        </p>
      )}
    </fieldset>
  );
}
