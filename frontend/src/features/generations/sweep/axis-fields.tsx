import { Shuffle } from "lucide-react";
import { Button } from "@/ui/button";
import { Field, Input, Select, TextArea } from "@/ui/field";
import { NumberInput } from "@/ui/number-input";
import { type AxisDraft, drawSeeds, MOST_GENERATIONS, type Variable, type Way } from "./axes";
import { ChooseMany } from "./choose-many";

interface AxisFieldsProps {
  axis: AxisDraft;
  variable: Variable;
  onChange: (changed: Partial<AxisDraft>) => void;
}

const WAYS: Partial<Record<Way, readonly { way: Way; label: string }[]>> = {
  range: [
    { way: "range", label: "From … to …" },
    { way: "list", label: "These values" },
  ],
  seeds: [
    { way: "seeds", label: "Drawn" },
    { way: "list", label: "These seeds" },
  ],
};

/** The controls that suit what varies. */
export function AxisFields({ axis, variable, onChange }: AxisFieldsProps) {
  const ways = WAYS[variable.way];
  return (
    <div className="flex flex-wrap items-end gap-3">
      {ways && (
        <Field label="Given as">
          {(told) => (
            <Select {...told} value={axis.way} onChange={(event) => onChange({ way: event.target.value as Way })}>
              {ways.map(({ way, label }) => (
                <option key={way} value={way}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      <Values axis={axis} variable={variable} onChange={onChange} />
    </div>
  );
}

function Values({ axis, variable, onChange }: AxisFieldsProps) {
  if (axis.way === "range") return <Ends axis={axis} onChange={onChange} />;
  if (axis.way === "seeds") return <DrawnSeeds axis={axis} onChange={onChange} />;
  if (axis.way === "choice") {
    return (
      <ChooseMany
        label={`Values of ${variable.label}`}
        options={variable.options.map(String)}
        chosen={axis.chosen}
        onChange={(chosen) => onChange({ chosen })}
      />
    );
  }
  const isLines = axis.way === "lines";
  return (
    <Field label={isLines ? "One on each line" : "Values"} className="min-w-0 flex-1 basis-60">
      {(told) => (
        <TextArea
          {...told}
          rows={isLines ? 4 : 1}
          value={axis.list}
          placeholder={isLines ? "" : "5, 7.5, 10"}
          onChange={(event) => onChange({ list: event.target.value })}
        />
      )}
    </Field>
  );
}

type PartProps = Pick<AxisFieldsProps, "axis" | "onChange">;

const ENDS = [
  { name: "from", label: "From" },
  { name: "to", label: "To" },
  { name: "step", label: "Step" },
] as const;

function Ends({ axis, onChange }: PartProps) {
  return ENDS.map(({ name, label }) => (
    <Field key={name} label={label} className="w-24">
      {(told) => (
        <Input
          {...told}
          inputMode="decimal"
          value={axis[name]}
          onChange={(event) => onChange({ [name]: event.target.value })}
        />
      )}
    </Field>
  ));
}

function DrawnSeeds({ axis, onChange }: PartProps) {
  const draw = (count: number) => onChange({ seeds: drawSeeds(Math.max(0, Math.min(MOST_GENERATIONS, count))) });
  return (
    <>
      <Field label="How many seeds" className="w-36">
        {(told) => (
          <NumberInput
            {...told}
            value={axis.seeds.length}
            min={1}
            max={MOST_GENERATIONS}
            step={1}
            onChange={(typed) => draw(Math.trunc(typed))}
          />
        )}
      </Field>
      <Button look="quiet" onClick={() => draw(axis.seeds.length)}>
        <Shuffle size={15} aria-hidden />
        Draw others
      </Button>
    </>
  );
}
