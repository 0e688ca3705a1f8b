import type { KeyboardEvent } from "react";
import { Input } from "./field";

interface SearchFieldProps {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  className?: string;
}

/** Narrows a list while somebody types. */
export function SearchField({ label, onChange, ...rest }: SearchFieldProps) {
  return <Input {...rest} type="search" aria-label={label} onChange={(event) => onChange(event.target.value)} />;
}

/** Those whose text has every word that is sought. */
export function matching<Row>(rows: readonly Row[], sought: string, textOf: (row: Row) => string): readonly Row[] {
  const words = sought.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = textOf(row).toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}
