import { variablesOf } from "./variables";

const MOST_SHOWN = 12;

/** The variables in texts, as one writes them. */
export function VariableNames({ texts }: { texts: readonly (string | null)[] }) {
  const names = variablesOf(...texts);
  if (names.length === 0) return null;
  return (
    <p className="flex flex-wrap items-center gap-1 text-soft text-xs">
      <span>{names.length === 1 ? "Variable:" : "Variables:"}</span>
      {names.slice(0, MOST_SHOWN).map((name) => (
        <code key={name} className="break-all rounded bg-sunken px-1.5 py-0.5 text-ink">{`{${name}}`}</code>
      ))}
      {names.length > MOST_SHOWN && <span>and {names.length - MOST_SHOWN} more</span>}
    </p>
  );
}
