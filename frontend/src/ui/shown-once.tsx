import { Copy } from "lucide-react";
import { Button } from "./button";
import { copyText } from "./clipboard";
import { Field, Input } from "./field";

interface ShownOnceProps {
  /** "API key": names the field, and what was copied. */
  label: string;
  value: string;
  hint?: string;
}

/** Something that is shown and not kept: to be copied. */
export function ShownOnce({ label, value, hint }: ShownOnceProps) {
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      {(props) => (
        <div className="flex gap-2">
          <Input
            {...props}
            readOnly
            value={value}
            onFocus={(event) => event.target.select()}
            className="min-w-0 flex-1 font-mono"
          />
          <Button aria-label={`Copy: ${label}`} onClick={() => void copyText(value, label)}>
            <Copy size={16} aria-hidden />
            Copy
          </Button>
        </div>
      )}
    </Field>
  );
}
