import type { LucideIcon } from "lucide-react";
import { createContext, useContext, useState } from "react";
import { Button, type ButtonProps } from "@/ui/button";

/** Whether the person may change anything; viewers only look. */
export const MayWrite = createContext(true);

interface ActionProps extends Omit<ButtonProps, "onClick" | "children"> {
  label: string;
  Icon: LucideIcon;
  run: () => void | Promise<void>;
  /** Shows the icon alone; the label is then its name and title. A tooltip each would be dear in a long list. */
  iconOnly?: boolean;
  filled?: boolean;
  /** Changes something: not there for viewers. */
  writes?: boolean;
}

/** Does nothing while what it started is under way, but stays in reach of the keyboard. */
export function ActionButton({
  label,
  Icon,
  run,
  iconOnly = false,
  filled = false,
  writes = false,
  ...rest
}: ActionProps) {
  const mayWrite = useContext(MayWrite);
  const [isBusy, setBusy] = useState(false);
  const start = async () => {
    if (isBusy) return;
    const started = run();
    if (!started) return;
    setBusy(true);
    await started;
    setBusy(false);
  };
  if (writes && !mayWrite) return null;
  return (
    <Button
      look="quiet"
      {...rest}
      aria-busy={isBusy || undefined}
      onClick={() => void start()}
      {...(iconOnly ? { "aria-label": label, title: label } : {})}
    >
      <Icon size={16} aria-hidden fill={filled ? "currentColor" : "none"} />
      {!iconOnly && label}
    </Button>
  );
}
