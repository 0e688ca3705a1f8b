import { clsx } from "clsx";
import { type ComponentProps, type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { CONTROL } from "@/ui/field";
import { toast } from "@/ui/toast";

const PROMPT = "prompt";

/** The id of the form that it stands in. */
export const FORM = "generate";

export const focusPrompt = () => document.getElementById(PROMPT)?.focus();

export function submitPrompt(): void {
  const form = document.getElementById(FORM);
  if (form instanceof HTMLFormElement) form.requestSubmit();
  else toast({ kind: "info", message: "Nothing can be generated here now." });
}

interface PromptBoxProps {
  label: string;
  isMain?: boolean;
  value: string;
  placeholder: string;
  error: string | undefined;
  /** What can be done with the text, beside the label. */
  actions?: ReactNode;
  onChange: (text: string) => void;
}

/** As high as its text, within limits. */
export function PromptBox({ label, isMain = false, value, placeholder, error, actions, onChange }: PromptBoxProps) {
  const ownId = useId();
  const id = isMain ? PROMPT : ownId;
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <div className="flex items-center gap-1">
        <label htmlFor={id} className="mr-auto text-soft text-xs">
          {label}
        </label>
        {actions}
      </div>
      <GrowingTextArea
        id={id}
        rows={isMain ? 2 : 1}
        value={value}
        placeholder={placeholder}
        onChange={onChange}
        className={clsx("max-h-[22dvh]", isMain && "min-h-14")}
        {...(error ? { "aria-invalid": true, "aria-describedby": `${id}-error` } : {})}
      />
      {error && (
        <p id={`${id}-error`} className="text-bad text-xs">
          {error}
        </p>
      )}
    </div>
  );
}

interface GrowingTextAreaProps extends Omit<ComponentProps<"textarea">, "value" | "onChange"> {
  value: string;
  onChange: (text: string) => void;
}

/** What a loading page fills in under the cursor is selected, so that typing replaces it. */
function GrowingTextArea({ className, value, onChange, ...rest }: GrowingTextAreaProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  const shown = useRef(value);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight + 2}px`;
    if (shown.current === "" && value !== "" && element === document.activeElement) element.select();
    shown.current = value;
  }, [value]);
  const type = (text: string) => {
    shown.current = text;
    onChange(text);
  };
  return (
    <textarea
      {...rest}
      ref={box}
      value={value}
      onChange={(event) => type(event.target.value)}
      className={clsx(CONTROL, "resize-none overflow-y-auto", className)}
    />
  );
}
