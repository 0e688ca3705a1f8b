import { clsx } from "clsx";
import { type ComponentProps, useState } from "react";
import { Input } from "./field";

/** Arrow keys do what a browser's own small arrows would, which leave a narrow field no room for its number. */
const WITHOUT_ARROWS =
  "[appearance:textfield] [&::-webkit-calendar-picker-indicator]:hidden! [&::-webkit-inner-spin-button]:appearance-none";

interface NumberInputProps extends Omit<ComponentProps<typeof Input>, "value" | "onChange" | "type"> {
  value: number;
  onChange: (value: number) => void;
}

/** Takes any number while it is typed; what is no number yet is not told, and gone when the field is left. */
export function NumberInput({ value, onChange, onBlur, className, ...rest }: NumberInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const change = (text: string) => {
    setTyped(text);
    const number = Number(text);
    if (text.trim() !== "" && Number.isFinite(number) && number !== value) onChange(number);
  };
  return (
    <Input
      {...rest}
      type="number"
      className={clsx("px-2! tabular-nums", WITHOUT_ARROWS, className)}
      inputMode="decimal"
      value={typed ?? String(value)}
      onChange={(event) => change(event.target.value)}
      onBlur={(event) => {
        setTyped(null);
        onBlur?.(event);
      }}
    />
  );
}
