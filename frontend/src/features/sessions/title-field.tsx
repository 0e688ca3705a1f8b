import { useEffect, useEffectEvent, useRef, useState } from "react";
import { isComposing } from "@/ui/composing";
import { Input } from "@/ui/field";

const LONGEST = 255;

interface TitleFieldProps {
  title: string;
  label?: string;
  onDone: (title: string | null) => void;
}

/** Enter and leaving the field keep the new title, Escape the old one: `onDone(null)`. */
export function TitleField({ title, label = "Title of the session", onDone }: TitleFieldProps) {
  const [value, setValue] = useState(title);
  const field = useRef<HTMLInputElement>(null);
  const keep = () => onDone(value.trim() || null);
  const leave = useEffectEvent(() => onDone(null));

  useEffect(() => {
    field.current?.select();
    /** Before a dialog around the field hears it, and closes. */
    const onEscape = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.isComposing || event.target !== field.current) return;
      event.stopPropagation();
      leave();
    };
    addEventListener("keydown", onEscape, { capture: true });
    return () => removeEventListener("keydown", onEscape, { capture: true });
  }, []);

  return (
    <Input
      ref={field}
      aria-label={label}
      maxLength={LONGEST}
      value={value}
      onChange={(event) => setValue(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => event.key === "Enter" && !isComposing(event) && keep()}
      className="my-2 -outline-offset-2"
    />
  );
}
