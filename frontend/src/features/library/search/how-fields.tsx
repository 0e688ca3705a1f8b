import { Field } from "@/ui/field";
import type { Search } from "../use-filters";
import { Entry } from "./entry";
import { ParameterField } from "./parameter-field";

const TEXTS = [
  { name: "seed", label: "Seed", inputMode: "numeric" },
  { name: "lora", label: "LoRA", inputMode: "text" },
  { name: "scheduler", label: "Scheduler", inputMode: "text" },
] as const;

const RANGES = [
  { name: "steps", label: "Steps" },
  { name: "cfg", label: "CFG" },
  { name: "width", label: "Width" },
  { name: "height", label: "Height" },
] as const;

/** How it was made: single values, and from … to. */
export function HowFields({ search }: { search: Search }) {
  const { filters, change } = search;
  const given = (name: string) => String(filters[name] ?? "");
  return (
    <>
      {TEXTS.map(({ name, label, inputMode }) => (
        <Field key={name} label={label}>
          {(field) => (
            <Entry
              {...field}
              inputMode={inputMode}
              value={given(name)}
              onEnter={(value) => change({ [name]: value })}
            />
          )}
        </Field>
      ))}
      {RANGES.map(({ name, label }) => (
        <Range key={name} label={label} names={[`min_${name}`, `max_${name}`]} inputMode="decimal" search={search} />
      ))}
      <Range label="Made" names={["from", "to"]} type="date" search={search} />
      <ParameterField search={search} />
    </>
  );
}

interface RangeProps {
  label: string;
  names: readonly [string, string];
  type?: "date" | "text";
  inputMode?: "decimal";
  search: Search;
}

function Range({ label, names, type = "text", inputMode, search: { filters, change } }: RangeProps) {
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 font-medium text-sm">{label}</legend>
      <div className={type === "date" ? "flex flex-col gap-1.5" : "flex items-center gap-2"}>
        {names.map((name, place) => (
          <Entry
            key={name}
            type={type}
            {...(inputMode ? { inputMode } : {})}
            aria-label={`${label} ${place === 0 ? "from" : "to"}`}
            placeholder={place === 0 ? "from" : "to"}
            value={String(filters[name] ?? "")}
            onEnter={(value) => change({ [name]: value })}
          />
        ))}
      </div>
    </fieldset>
  );
}
