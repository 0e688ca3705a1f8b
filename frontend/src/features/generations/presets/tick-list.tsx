import { type Setting, told } from "./settings";

interface TickListProps {
  legend: string;
  settings: readonly Pick<Setting, "name" | "label" | "value">[];
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
  error?: string | undefined;
}

/** Settings with their values, each kept or left out. */
export function TickList({ legend, settings, chosen, onChange, error }: TickListProps) {
  const toggle = (name: string) => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    onChange(next);
  };
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-sm">{legend}</legend>
      <div className="max-h-64 overflow-y-auto rounded-md border border-line px-2 py-1">
        {settings.map(({ name, label, value }) => (
          <label key={name} className="flex min-h-9 items-center gap-2 text-sm">
            <input
              type="checkbox"
              className="size-4 shrink-0 accent-accent"
              checked={chosen.has(name)}
              onChange={() => toggle(name)}
            />
            <span className="min-w-0 max-w-[50%] break-words">{label}</span>
            <span className="ml-auto min-w-0 max-w-[60%] break-words text-right text-soft">{told(name, value)}</span>
          </label>
        ))}
        {settings.length === 0 && <p className="py-2 text-soft text-sm">There is nothing to keep.</p>}
      </div>
      {error && <p className="text-bad text-xs">{error}</p>}
    </fieldset>
  );
}
