import { type ComponentProps, useEffect, useEffectEvent, useState } from "react";
import { Input } from "./field";

interface DayInputProps extends Omit<ComponentProps<typeof Input>, "value" | "onChange" | "type" | "onBlur"> {
  /** "2026-11-22", "" for none. */
  value: string;
  onChange: (day: string) => void;
}

const PAUSE_MS = 400;
const FIRST = "1970-01-01";

/** A day, told once it is typed: on the way to 2026 a browser tells of the years 2, 20 and 202. */
export function DayInput({ value, onChange, ...rest }: DayInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const tell = () => {
    if (typed !== null && typed !== value && (typed === "" || typed >= FIRST)) onChange(typed);
  };
  const tellNow = useEffectEvent(tell);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each letter begins the pause anew.
  useEffect(() => {
    const timer = setTimeout(() => tellNow(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const leave = () => {
    tell();
    setTyped(null);
  };
  return (
    <Input
      max="9999-12-31"
      {...rest}
      type="date"
      value={typed ?? value}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={leave}
    />
  );
}
