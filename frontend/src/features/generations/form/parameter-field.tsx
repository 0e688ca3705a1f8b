import { clsx } from "clsx";
import { Undo2 } from "lucide-react";
import { type ReactNode, useId } from "react";

interface ParameterFieldProps {
  label: string;
  isChanged: boolean;
  onReset: () => void;
  error?: string | undefined;
  className?: string | undefined;
  children: (props: { id: string; "aria-describedby"?: string; "aria-invalid"?: true }) => ReactNode;
}

/** A control with its name, what is wrong with it, and a way back where it was changed. */
export function ParameterField({ label, isChanged, onReset, error, className, children }: ParameterFieldProps) {
  const id = useId();
  return (
    <div className={clsx("flex min-w-0 flex-col gap-0.5", className)}>
      <div className="flex h-6 items-center gap-1">
        <label htmlFor={id} className={clsx("truncate text-xs", isChanged ? "font-semibold" : "text-soft")}>
          {label}
        </label>
        {isChanged && <ResetButton label={label} onReset={onReset} />}
      </div>
      {children({ id, ...(error ? { "aria-describedby": `${id}-error`, "aria-invalid": true } : {}) })}
      {error && (
        <p id={`${id}-error`} className="text-bad text-xs">
          {error}
        </p>
      )}
    </div>
  );
}

/** Marks what was changed, and takes it back. */
export function ResetButton({ label, onReset }: { label: string; onReset: () => void }) {
  return (
    <button
      type="button"
      onClick={onReset}
      aria-label={`Reset ${label}`}
      title="Changed. Back to what the workflow has."
      className="inline-flex size-6 shrink-0 items-center justify-center rounded text-accent hover:bg-hover"
    >
      <Undo2 size={13} aria-hidden />
    </button>
  );
}
