import { Plus, X } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Button, IconButton } from "./button";
import { CONTROL, Input } from "./field";
import { newPair, type Pair } from "./pairs";

interface PairRowsProps {
  legend: string;
  /** "Option": what one row is called. */
  noun: string;
  hint?: string;
  names: readonly string[];
  pairs: readonly Pair[];
  /** What the server refused, by the name of the row. */
  errorOf: (name: string) => string | undefined;
  onChange: (pairs: readonly Pair[]) => void;
  /** A control that suits the name; a plain field where it gives none. */
  control?: (pair: Pair, label: string, setValue: (value: string) => void) => ReactNode;
}

/** Names and values, as many as one likes. */
export function PairRows({ legend, noun, hint, names, pairs, errorOf, onChange, control }: PairRowsProps) {
  const list = useId();
  const edit = (key: number, change: Partial<Pair>) =>
    onChange(pairs.map((pair) => (pair.key === key ? { ...pair, ...change } : pair)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="font-medium text-sm">{legend}</legend>
      {hint && <p className="text-soft text-xs">{hint}</p>}
      {pairs.map((pair, place) => {
        const label = `${noun} ${place + 1}`;
        const error = errorOf(pair.name.trim());
        const setValue = (value: string) => edit(pair.key, { value });
        return (
          <div key={pair.key} className="flex flex-col gap-1">
            <div className="flex items-start gap-2">
              <Input
                aria-label={`${label}, name`}
                list={list}
                value={pair.name}
                placeholder="Name"
                autoComplete="off"
                spellCheck={false}
                className="max-w-[40%]"
                onChange={(event) => edit(pair.key, { name: event.target.value })}
              />
              <div className="min-w-0 flex-1">
                {control?.(pair, `${label}, value`, setValue) ?? (
                  <input
                    aria-label={`${label}, value`}
                    aria-invalid={error ? true : undefined}
                    value={pair.value}
                    placeholder="Value"
                    className={CONTROL}
                    onChange={(event) => setValue(event.target.value)}
                  />
                )}
              </div>
              <IconButton
                label={`Remove ${label.toLowerCase()}`}
                onClick={() => onChange(pairs.filter(({ key }) => key !== pair.key))}
              >
                <X size={16} aria-hidden />
              </IconButton>
            </div>
            {error && <p className="text-bad text-xs">{error}</p>}
          </div>
        );
      })}
      <datalist id={list}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Button look="quiet" className="self-start" onClick={() => onChange([...pairs, newPair()])}>
        <Plus size={16} aria-hidden />
        Add {noun.toLowerCase()}
      </Button>
    </fieldset>
  );
}
