import { clsx } from "clsx";
import { type ComponentProps, useEffect, useState } from "react";
import { Input } from "@/ui/field";

interface EntryProps extends Omit<ComponentProps<typeof Input>, "value" | "onChange"> {
  value: string;
  onEnter: (value: string) => void;
}

/** A value that is told when the field is left or Enter is pressed, not with each letter. */
export function Entry({ value, onEnter, className, ...rest }: EntryProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const tell = () => {
    if (typed.trim() !== value) onEnter(typed.trim());
  };
  return (
    <Input
      {...rest}
      className={clsx("min-w-0", className)}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={tell}
      onKeyDown={(event) => event.key === "Enter" && !event.nativeEvent.isComposing && tell()}
    />
  );
}
