import type { OptionLists } from "@/api/types";
import { knownTimeline } from "../timeline";
import { ParameterField } from "./parameter-field";
import type { Shown } from "./parameters";
import { useSending } from "./sending";
import { SizeFields } from "./size-fields";
import { type Form, setValue } from "./use-form";
import { ValueControl } from "./value-control";

const ORDER = [
  ...["batch_size", "length", "fps", "steps", "cfg_scale", "guidance", "denoise"],
  ...["sampler_name", "scheduler", "seed", "checkpoint_name", "vae"],
];
interface StandardParametersProps {
  form: Form;
  options: OptionLists | undefined;
}

/** What most pictures are tuned by; a workflow without a place for one does not show it. */
export function StandardParameters({ form, options }: StandardParametersProps) {
  const { standard } = form.values;
  const [width, height] = [standard.get("width"), standard.get("height")];
  const hasSize = width !== undefined && height !== undefined;
  const shown = (hasSize ? ORDER : ["width", "height", ...ORDER]).flatMap((name) => standard.get(name) ?? []);
  return (
    <>
      {hasSize && (
        <SizeFields form={form} width={width} height={height} shapes={options?.dimensions.sdxl_optimal ?? []} />
      )}
      {shown.map((one) => (
        <ParameterRow key={one.name} form={form} shown={one} />
      ))}
    </>
  );
}

interface ParameterRowProps {
  form: Form;
  shown: Shown;
}

/** Any parameter by its label and the control that suits it. */
export function ParameterRow({ form, shown }: ParameterRowProps) {
  const { extracted, value, isChanged, name } = shown;
  const lastSeed = useSending(form.key).lastSeed ?? knownTimeline(form.key)?.rows[0]?.seed ?? null;
  return (
    <ParameterField
      label={extracted.label}
      isChanged={isChanged}
      onReset={() => setValue(form.key, extracted, undefined)}
      error={form.errors[name] ?? form.errors[`${extracted.nodeId}.${extracted.field}`]}
    >
      {(props) => (
        <ValueControl
          {...props}
          extracted={extracted}
          value={value}
          lastSeed={lastSeed}
          onChange={(next) => setValue(form.key, extracted, next)}
        />
      )}
    </ParameterField>
  );
}
