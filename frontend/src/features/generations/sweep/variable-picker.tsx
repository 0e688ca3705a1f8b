import { Combobox } from "@/ui/combobox";
import { Field } from "@/ui/field";
import type { Variable } from "./axes";

interface VariablePickerProps {
  variables: readonly Variable[];
  isFirst: boolean;
  onPick: (variable: Variable) => void;
}

/** What shall vary too. Parameters of the same label are told apart by their names. */
export function VariablePicker({ variables, isFirst, onPick }: VariablePickerProps) {
  const labels = variables.map(({ label }) => label);
  const named = variables.map((variable) => {
    const isAlone = labels.indexOf(variable.label) === labels.lastIndexOf(variable.label);
    return { variable, text: isAlone ? variable.label : `${variable.label}, ${variable.name}` };
  });
  return (
    <Field label={isFirst ? "What shall vary?" : "And what else?"} className="sm:max-w-sm">
      {(told) => (
        <Combobox
          {...told}
          label="Parameter"
          value=""
          placeholder="Choose a parameter"
          options={named.map(({ text }) => text)}
          onChange={(chosen) => {
            const picked = named.find(({ text }) => text === chosen);
            if (picked) onPick(picked.variable);
          }}
        />
      )}
    </Field>
  );
}
