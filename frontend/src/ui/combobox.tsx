import { clsx } from "clsx";
import { Command } from "cmdk";
import { Check, ChevronsUpDown } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import { CONTROL } from "./field";
import { PopoverPanel } from "./popover-panel";
import { matching } from "./search";

interface ComboboxProps {
  id?: string;
  label: string;
  value: string;
  options: readonly string[];
  placeholder?: string;
  className?: string;
  onChange: (value: string) => void;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

const MOST_SHOWN = 200;
const MOST_WITHOUT_SEARCH = 7;

/** One of many, found by typing any parts of its name. */
export function Combobox({ id, label, value, options, placeholder, className, onChange, ...told }: ComboboxProps) {
  const [open, setOpen] = useState(false);
  const choose = (option: string) => {
    setOpen(false);
    if (option !== value) onChange(option);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        {...told}
        id={id}
        role="combobox"
        aria-expanded={open}
        {...(id === undefined ? { "aria-label": label } : {})}
        title={value}
        className={clsx(CONTROL, "flex items-center justify-between gap-1 text-left hover:bg-hover", className)}
      >
        <span className={clsx("truncate", value === "" && "text-soft")}>{value || placeholder || "Choose"}</span>
        <ChevronsUpDown size={14} aria-hidden className="shrink-0 text-soft" />
      </Popover.Trigger>
      <PopoverPanel label={label} className="w-[max(var(--radix-popover-trigger-width),16rem)]">
        <Choices label={label} value={value} options={options} onChoose={choose} />
      </PopoverPanel>
    </Popover.Root>
  );
}

interface ChoicesProps extends Pick<ComboboxProps, "label" | "value" | "options"> {
  onChoose: (option: string) => void;
}

function Choices({ label, value, options, onChoose }: ChoicesProps) {
  const [sought, setSought] = useState("");
  const found = matching(options, sought, (option) => option);
  const shown = found.slice(0, MOST_SHOWN);
  return (
    <Command label={label} shouldFilter={false} defaultValue={value}>
      <Command.Input
        value={sought}
        onValueChange={setSought}
        placeholder="Search"
        className={clsx(
          "w-full border-line border-b bg-transparent px-3 py-2 text-sm outline-none placeholder:text-soft",
          options.length <= MOST_WITHOUT_SEARCH && "sr-only",
        )}
      />
      <Command.List label={label} className="max-h-64 overflow-y-auto p-1">
        {shown.map((option) => (
          <Command.Item
            key={option}
            value={option}
            onSelect={() => onChoose(option)}
            className="flex min-h-8 cursor-pointer items-center gap-2 rounded px-2 py-1 text-sm data-[selected=true]:bg-hover"
          >
            <Check size={14} aria-hidden className={clsx("shrink-0", option !== value && "invisible")} />
            <span className="min-w-0 break-words">{option}</span>
          </Command.Item>
        ))}
      </Command.List>
      <p role="status" className="px-3 py-1.5 text-soft text-xs empty:hidden">
        {told(found.length)}
      </p>
    </Command>
  );
}

function told(found: number): string {
  if (found === 0) return "Nothing of that name.";
  return found > MOST_SHOWN ? `The first ${MOST_SHOWN} of ${found}; type to find the others.` : "";
}
