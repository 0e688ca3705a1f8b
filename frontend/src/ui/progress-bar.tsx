import { clsx } from "clsx";

interface ProgressBarProps {
  label: string;
  percent: number;
  /** What is said instead of the bare number. */
  text?: string;
  className?: string;
}

export function ProgressBar({ label, percent, text, className }: ProgressBarProps) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={text}
      className={clsx("h-1.5 overflow-hidden rounded-full bg-sunken", className)}
    >
      <div className="h-full rounded-full bg-accent transition-[width] duration-200" style={{ width: `${percent}%` }} />
    </div>
  );
}
