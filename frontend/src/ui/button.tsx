import { clsx } from "clsx";
import { Tooltip } from "radix-ui";
import type { ComponentProps, FocusEvent, ReactNode } from "react";

type Look = "strong" | "plain" | "quiet" | "danger";

const LOOKS: Record<Look, string> = {
  strong: "bg-accent text-on-accent hover:brightness-110",
  plain: "border border-control bg-raised hover:bg-hover",
  quiet: "hover:bg-hover",
  danger: "border border-bad text-bad hover:bg-hover",
};

export interface ButtonProps extends ComponentProps<"button"> {
  look?: Look;
  busy?: boolean;
}

/** `busy` keeps it from being pressed twice while what it started is under way. */
export function Button({ look = "plain", busy = false, disabled, className, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={clsx(
        "inline-flex min-h-9 items-center justify-center gap-2 rounded-md px-3 py-1.5 font-medium text-sm disabled:opacity-55 [&>svg]:shrink-0",
        LOOKS[look],
        className,
      )}
    />
  );
}

/** A dialog that closes gives the focus back to its button, where the tooltip would stay. */
function keepClosedUnlessByKeyboard(event: FocusEvent<HTMLElement>): void {
  if (!event.currentTarget.matches(":focus-visible")) event.preventDefault();
}

/** A button that shows only an icon; `label` is its name for all who do not see it, and its tooltip. */
export function IconButton({
  label,
  className,
  children,
  ...rest
}: ButtonProps & { label: string; children: ReactNode }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild onFocus={keepClosedUnlessByKeyboard}>
        <Button look="quiet" {...rest} aria-label={label} className={clsx("min-w-9 px-2", className)}>
          {children}
        </Button>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content sideOffset={4} className="z-50 rounded bg-ink px-2 py-1 text-page text-xs">
          {label}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
