import { clsx } from "clsx";
import { type ComponentProps, useLayoutEffect, useRef } from "react";
import { CONTROL } from "@/ui/field";

interface GrowingTextProps extends Omit<ComponentProps<"textarea">, "value" | "onChange" | "ref"> {
  value: string;
  onChange: (text: string) => void;
}

/** As high as what is written, within limits. */
export function GrowingText({ className, value, onChange, ...rest }: GrowingTextProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is measured when the text has changed.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight + 2}px`;
  }, [value]);
  return (
    <textarea
      {...rest}
      ref={box}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={clsx(CONTROL, "resize-none overflow-y-auto", className)}
    />
  );
}
