import { clsx } from "clsx";
import { Check } from "lucide-react";
import { useState } from "react";
import { Button } from "@/ui/button";

export interface Choice {
  value: string;
  label?: string | undefined;
  /** Unknown while it is counted, or where it is not. */
  count?: number | undefined;
}

interface FacetListProps {
  label: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  onToggle: (value: string) => void;
}

const SHOWN_FIRST = 7;

export function FacetList({ label, choices, chosen, onToggle }: FacetListProps) {
  const [isWhole, setWhole] = useState(false);
  const missing = chosen.filter((value) => !choices.some((choice) => choice.value === value));
  const all: readonly Choice[] = [...missing.map((value) => ({ value })), ...choices];
  if (all.length === 0) return null;
  const shown = isWhole ? all : all.slice(0, SHOWN_FIRST);
  return (
    <section aria-label={label} className="flex flex-col gap-0.5">
      <h2 className="mb-1 font-semibold text-sm">{label}</h2>
      <ul>
        {shown.map((choice) => (
          <li key={choice.value}>
            <ChoiceRow
              choice={choice}
              isChosen={chosen.includes(choice.value)}
              onToggle={() => onToggle(choice.value)}
            />
          </li>
        ))}
      </ul>
      {all.length > SHOWN_FIRST && (
        <Button look="quiet" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)} className="self-start">
          {isWhole ? "Fewer" : `All ${all.length}`}
        </Button>
      )}
    </section>
  );
}

interface ChoiceRowProps {
  choice: Choice;
  isChosen: boolean;
  onToggle: () => void;
}

function ChoiceRow({ choice: { value, label = value, count }, isChosen, onToggle }: ChoiceRowProps) {
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      title={label}
      onClick={onToggle}
      className={clsx(
        "flex min-h-9 w-full items-center gap-2 rounded-md px-2 text-left text-sm -outline-offset-2 hover:bg-hover",
        isChosen && "bg-hover font-medium",
      )}
    >
      {isChosen && <Check size={14} aria-hidden className="shrink-0" />}
      <span className="min-w-0 flex-1 truncate">{label}</span>
      <span className="text-soft text-xs tabular-nums">{count?.toLocaleString()}</span>
    </button>
  );
}
