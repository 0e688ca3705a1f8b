import { clsx } from "clsx";
import { X } from "lucide-react";
import { Dialog as Base } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { Button } from "./button";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  wide?: boolean;
  children: ReactNode;
}

/** Covers the whole screen of a phone. Closes by Escape, by its cross, and by a click beside it; the focus returns. */
export function Dialog({ open, onOpenChange, title, description, wide = false, children }: DialogProps) {
  const opener = useRef<Element | null>(null);
  const keepOpener = () => {
    opener.current = document.activeElement;
  };
  const giveBack = () => opener.current instanceof HTMLElement && opener.current.focus();
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Base.Content
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
          onOpenAutoFocus={keepOpener}
          onCloseAutoFocus={giveBack}
          className={clsx(
            "fixed inset-0 z-40 m-auto flex h-fit max-h-dvh w-full flex-col bg-raised shadow-xl sm:max-h-[90dvh] sm:rounded-xl",
            wide ? "sm:max-w-4xl" : "sm:max-w-lg",
          )}
        >
          <header className="flex items-start gap-3 border-line border-b px-5 py-3">
            <div className="min-w-0 flex-1">
              <Base.Title className="break-words font-semibold text-lg">{title}</Base.Title>
              {description && <Base.Description className="text-soft text-sm">{description}</Base.Description>}
            </div>
            <Base.Close asChild>
              <Button look="quiet" aria-label="Close" className="-mr-2 px-2">
                <X size={18} aria-hidden />
              </Button>
            </Base.Close>
          </header>
          <div className="min-h-0 flex-1 scroll-pb-20 overflow-y-auto px-5 pt-4 after:block after:h-4">{children}</div>
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  );
}

/** The row of buttons at the end of a dialog; in sight, however long that is. */
export function DialogActions({ children }: { children: ReactNode }) {
  return (
    <div className="sticky bottom-0 mt-2 -mb-4 flex flex-wrap justify-end gap-2 bg-raised pt-3 pb-4">{children}</div>
  );
}
