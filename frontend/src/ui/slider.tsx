import { Slider as Base } from "radix-ui";
import { NumberInput } from "./number-input";

interface SliderProps {
  id?: string;
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  onChange: (value: number) => void;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

const DIGITS = 6;

/** A slider, and beside it a field for the exact number, which may lie beyond what the slider reaches. */
export function Slider({ id, label, value, min, max, step, onChange, ...told }: SliderProps) {
  const slide = ([next]: number[]) => next !== undefined && onChange(Number(next.toFixed(DIGITS)));
  return (
    <div className="flex items-center gap-2.5">
      <Base.Root
        value={[Math.min(max, Math.max(min, value))]}
        min={min}
        max={max}
        step={step}
        onValueChange={slide}
        className="relative flex h-9 min-w-0 flex-1 touch-none select-none items-center"
      >
        <Base.Track className="relative h-1.5 flex-1 rounded-full bg-line">
          <Base.Range className="absolute h-full rounded-full bg-accent" />
        </Base.Track>
        <Base.Thumb
          aria-label={`${label} slider`}
          className="block size-4 rounded-full border-2 border-accent bg-raised shadow-sm hover:bg-hover"
        />
      </Base.Root>
      <div className="w-17 shrink-0">
        <NumberInput
          {...told}
          {...(id === undefined ? { "aria-label": label } : { id })}
          value={value}
          step={step}
          onChange={onChange}
        />
      </div>
    </div>
  );
}
