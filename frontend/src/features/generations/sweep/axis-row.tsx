import { X } from "lucide-react";
import { useId } from "react";
import { IconButton } from "@/ui/button";
import { type AxisDraft, type AxisValues, short, type Variable } from "./axes";
import { AxisFields } from "./axis-fields";

interface AxisRowProps {
  axis: AxisDraft;
  variable: Variable;
  count: number;
  values: AxisValues["values"];
  problems: readonly string[];
  onChange: (changed: Partial<AxisDraft>) => void;
  onRemove: () => void;
}

const MOST_SHOWN = 8;

/** A parameter that varies: its values, how many they are, and what is wrong with them. */
export function AxisRow({ axis, variable, count, values, problems, onChange, onRemove }: AxisRowProps) {
  const id = useId();
  return (
    <fieldset aria-describedby={id} className="relative rounded-lg border border-line p-3">
      <legend className="px-1 font-semibold text-sm">{variable.label}</legend>
      <IconButton
        label={`Do not vary ${variable.label}`}
        onClick={onRemove}
        className="absolute -top-2 right-1 bg-raised text-soft"
      >
        <X size={16} aria-hidden />
      </IconButton>
      <AxisFields axis={axis} variable={variable} onChange={onChange} />
      <div id={id} className="mt-2 text-xs">
        {problems.length > 0 ? (
          problems.map((problem) => (
            <p key={problem} className="text-bad">
              {problem}
            </p>
          ))
        ) : (
          <p className="break-words text-soft">
            {count === 1 ? "1 value" : `${count.toLocaleString("en")} values`}: {tellValues(values, count)}
          </p>
        )}
      </div>
    </fieldset>
  );
}

function tellValues(values: AxisValues["values"], count: number): string {
  const shown = values.slice(0, MOST_SHOWN).map((value) => short(String(value)));
  return shown.join(", ") + (count > MOST_SHOWN ? " …" : "");
}
