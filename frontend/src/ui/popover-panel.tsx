import { clsx } from "clsx";
import { Popover } from "radix-ui";
import type { ReactNode } from "react";

interface PopoverPanelProps {
  label: string;
  className: string;
  onClosed?: () => void;
  children: ReactNode;
}

/** What a popover shows; `onClosed` runs once it has given the focus back. */
export function PopoverPanel({ label, className, onClosed, children }: PopoverPanelProps) {
  return (
    <Popover.Portal>
      <Popover.Content
        align="start"
        sideOffset={4}
        collisionPadding={8}
        aria-label={label}
        {...(onClosed ? { onCloseAutoFocus: () => setTimeout(onClosed) } : {})}
        className={clsx("z-50 max-w-[calc(100vw-1rem)] rounded-lg border border-line bg-raised shadow-lg", className)}
      >
        {children}
      </Popover.Content>
    </Popover.Portal>
  );
}
