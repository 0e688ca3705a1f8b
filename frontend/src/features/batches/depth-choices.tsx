import type { components } from "@/api/schema";
import { Field, Select } from "@/ui/field";
import { depthsOf } from "./grid";
import { labelOf, valueText } from "./naming";
import type { Batch } from "./queries";

interface DepthChoicesProps {
  batch: Batch;
  at: readonly number[];
  parameters: readonly components["schemas"]["ExtractedParameter"][];
  onChange: (at: readonly number[]) => void;
}

/** Of what varies beyond rows and columns: which value is looked at. */
export function DepthChoices({ batch, at, parameters, onChange }: DepthChoicesProps) {
  return depthsOf(batch).map(({ parameter, values }, axis) => (
    <Field key={parameter} label={labelOf(parameter, parameters)} className="max-w-full">
      {(told) => (
        <Select
          {...told}
          value={at[axis] ?? 0}
          onChange={(event) => onChange(at.map((one, place) => (place === axis ? Number(event.target.value) : one)))}
        >
          {values.map((value, place) => (
            <option key={JSON.stringify(value)} value={place}>
              {valueText(value)}
            </option>
          ))}
        </Select>
      )}
    </Field>
  ));
}
