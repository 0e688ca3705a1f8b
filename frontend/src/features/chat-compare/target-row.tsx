import { SlidersHorizontal, X } from "lucide-react";
import { Popover } from "radix-ui";
import { ModelPicker } from "@/features/models/model-picker";
import { Button, IconButton } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { PopoverPanel } from "@/ui/popover-panel";
import type { Target, TargetOptions } from "./targets";

interface TargetRowProps {
  target: Target;
  place: number;
  onChange: (target: Target) => void;
  /** Absent where no fewer can be compared. */
  onRemove?: () => void;
}

export function TargetRow({ target, place, onChange, onRemove }: TargetRowProps) {
  const name = `Model ${place + 1}`;
  return (
    <li className="flex min-w-0 items-center gap-1">
      <ModelPicker
        label={name}
        value={target.choice}
        onChange={(choice) => onChange({ ...target, choice })}
        className="min-w-0 flex-1"
      />
      <Options name={name} options={target.options} onChange={(options) => onChange({ ...target, options })} />
      {onRemove && (
        <IconButton label={`Remove ${name.toLowerCase()}`} onClick={onRemove}>
          <X size={16} aria-hidden />
        </IconButton>
      )}
    </li>
  );
}

interface OptionsProps {
  name: string;
  options: TargetOptions;
  onChange: (options: TargetOptions) => void;
}

/** What this one alone is told; the same model can so stand beside itself. */
function Options({ name, options, onChange }: OptionsProps) {
  const isSet = Object.keys(options).length > 0;
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button look="quiet" className="px-2" aria-label={`Options of ${name.toLowerCase()}${isSet ? ", set" : ""}`}>
          <SlidersHorizontal size={16} aria-hidden className={isSet ? "text-accent" : "text-soft"} />
        </Button>
      </Popover.Trigger>
      <PopoverPanel label={`Options of ${name.toLowerCase()}`} className="flex w-72 flex-col gap-3 p-4">
        <OptionField
          label="Temperature"
          hint="0 is the same each time, higher is freer. Empty: as usual."
          step="0.1"
          value={options.temperature}
          onChange={(temperature) => onChange(withOption(options, { temperature }))}
        />
        <OptionField
          label="Longest answer, in tokens"
          step="1"
          value={options.max_tokens}
          onChange={(max_tokens) => onChange(withOption(options, { max_tokens }))}
        />
      </PopoverPanel>
    </Popover.Root>
  );
}

interface OptionFieldProps {
  label: string;
  hint?: string;
  step: string;
  value: number | undefined;
  onChange: (value: number | undefined) => void;
}

function OptionField({ label, hint, step, value, onChange }: OptionFieldProps) {
  const take = (typed: string) => onChange(typed.trim() === "" ? undefined : Number(typed));
  return (
    <Field label={label} hint={hint}>
      {(told) => (
        <Input
          {...told}
          type="number"
          min="0"
          step={step}
          value={value ?? ""}
          onChange={(event) => take(event.target.value)}
        />
      )}
    </Field>
  );
}

const withOption = (options: TargetOptions, change: { [Name in keyof TargetOptions]: number | undefined }) =>
  Object.fromEntries(
    Object.entries({ ...options, ...change }).filter(([, value]) => value !== undefined),
  ) as TargetOptions;
