import { ArrowLeftRight, Ratio } from "lucide-react";
import { useId } from "react";
import type { OptionLists } from "@/api/types";
import { IconButton } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { NumberInput } from "@/ui/number-input";
import { ParameterField } from "./parameter-field";
import type { Shown } from "./parameters";
import { type Form, setValue } from "./use-form";
import { Suggestions } from "./value-control";

interface SizeFieldsProps {
  form: Form;
  width: Shown;
  height: Shown;
  shapes: OptionLists["dimensions"]["sdxl_optimal"];
}

/** Width × height: typed, chosen from the usual ones, turned around, or taken as a shape. */
export function SizeFields({ form, width, height, shapes }: SizeFieldsProps) {
  const set = (wide: number, high: number) => {
    setValue(form.key, width.extracted, wide);
    setValue(form.key, height.extracted, high);
  };
  const squares = [512, 768].map((side) => ({ width: side, height: side, label: "1:1 Square" }));
  const items = [...squares, ...shapes].map((shape) => ({
    label: `${shape.width} × ${shape.height}  ${shape.label}`,
    onSelect: () => set(shape.width, shape.height),
  }));
  return (
    <fieldset aria-label="Size" className="flex min-w-0 items-start gap-1">
      <SideField form={form} shown={width} />
      <IconButton
        label="Swap width and height"
        className="mt-6.5 min-w-7! shrink-0 px-0.5!"
        onClick={() => set(Number(height.value), Number(width.value))}
      >
        <ArrowLeftRight size={15} aria-hidden />
      </IconButton>
      <SideField form={form} shown={height} />
      <Menu
        trigger={
          <IconButton label="Shapes" className="mt-6.5 min-w-8! shrink-0 px-1!">
            <Ratio size={17} aria-hidden />
          </IconButton>
        }
        items={items}
      />
    </fieldset>
  );
}

function SideField({ form, shown }: { form: Form; shown: Shown }) {
  const { extracted, value, isChanged } = shown;
  const listId = useId();
  return (
    <ParameterField
      label={extracted.label}
      isChanged={isChanged}
      onReset={() => setValue(form.key, extracted, undefined)}
      error={form.errors[shown.name]}
      className="flex-1"
    >
      {(props) => (
        <>
          <NumberInput
            {...props}
            list={listId}
            min={extracted.min}
            value={Number(value)}
            onChange={(next) => setValue(form.key, extracted, next)}
          />
          <Suggestions id={listId} options={extracted.options ?? []} />
        </>
      )}
    </ParameterField>
  );
}
