import { clsx } from "clsx";
import { ChevronsUpDown } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import { CONTROL } from "@/ui/field";
import { Failed } from "@/ui/notice";
import { PopoverPanel } from "@/ui/popover-panel";
import { SkeletonList } from "@/ui/skeleton";
import { type Capability, type ModelChoice, sourceOf } from "./choices";
import { ModelList } from "./model-list";
import { rememberModel } from "./remembered";
import { useChoices } from "./sources";

interface ModelPickerProps {
  value: ModelChoice | null;
  onChange: (choice: ModelChoice) => void;
  label?: string;
  /** What the model must be able to do; text unless said. */
  needs?: Capability;
  id?: string;
  disabled?: boolean;
  className?: string;
}

/** Any model of any profile in one control, found by typing; one that no profile lists is typed out. */
export function ModelPicker({ value, onChange, label = "Model", needs = "text", ...rest }: ModelPickerProps) {
  const { id, disabled = false, className } = rest;
  const [isOpen, setOpen] = useState(false);
  const { choices, error, refetch } = useChoices(needs);
  const source = value && choices && sourceOf(choices, value);
  const choose = (choice: ModelChoice) => {
    setOpen(false);
    rememberModel(choice, needs);
    onChange(choice);
  };
  const shown = value?.model || "Choose a model";
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger
        {...(id === undefined ? {} : { id })}
        disabled={disabled}
        aria-label={`${label}: ${shown}${source ? `, ${source.name}` : ""}`}
        title={source ? `${shown} · ${source.name}` : shown}
        className={clsx(CONTROL, "flex items-center justify-between gap-2 text-left hover:bg-hover", className)}
      >
        <span className="min-w-0 flex-1 truncate">
          <span className={clsx(value === null && "text-soft")}>{shown}</span>
          {source && <span className="text-soft"> · {source.name}</span>}
        </span>
        <ChevronsUpDown size={14} aria-hidden className="shrink-0 text-soft" />
      </Popover.Trigger>
      <PopoverPanel label={label} className="w-[max(var(--radix-popover-trigger-width),20rem)]">
        {choices && <ModelList choices={choices} value={value} label={label} onChoose={choose} />}
        {!choices && error && (
          <Failed what="The models could not be read" error={error} onRetry={() => void refetch()} />
        )}
        {!choices && !error && <SkeletonList rows={3} className="m-2 h-9" />}
      </PopoverPanel>
    </Popover.Root>
  );
}
