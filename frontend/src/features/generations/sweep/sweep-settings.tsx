import { Field, Select } from "@/ui/field";
import { NumberInput } from "@/ui/number-input";
import { MOST_GENERATIONS, type Mode } from "./axes";
import type { SweepSetting } from "./use-sweep";

interface SweepSettingsProps extends SweepSetting {
  axes: number;
  onChange: (changed: Partial<SweepSetting>) => void;
}

/** How the values come together, and how many pictures are too many. */
export function SweepSettings({ axes, mode, limit, onChange }: SweepSettingsProps) {
  return (
    <div className="flex flex-wrap gap-4">
      {axes > 1 && (
        <Field label="Together" className="min-w-64 flex-1 sm:max-w-sm">
          {(told) => (
            <Select {...told} value={mode} onChange={(event) => onChange({ mode: event.target.value as Mode })}>
              <option value="product">Every value with every other</option>
              <option value="zip">Side by side: first with first, second with second</option>
            </Select>
          )}
        </Field>
      )}
      <Field label="At most" hint={`Pictures; ${MOST_GENERATIONS.toLocaleString("en")} are the most at once.`}>
        {(told) => (
          <NumberInput
            {...told}
            value={limit}
            min={1}
            max={MOST_GENERATIONS}
            step={1}
            className="max-w-28"
            onChange={(typed) => onChange({ limit: Math.max(1, Math.min(MOST_GENERATIONS, Math.trunc(typed))) })}
          />
        )}
      </Field>
    </div>
  );
}
