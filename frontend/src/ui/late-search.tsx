import { useEffect, useEffectEvent, useRef, useState } from "react";
import { SearchField } from "./search";

interface LateSearchProps {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
  className?: string;
}

const PAUSE_MS = 300;

/** A search that asks the server: it is told once somebody pauses while typing, or at once by Enter. */
export function LateSearch({ value, onChange, ...rest }: LateSearchProps) {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  /** Only what others chose: what was told from here comes back while somebody types on. */
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setTyped(value);
  }, [value]);
  const tell = useEffectEvent(() => {
    const next = typed.trim();
    if (next === told.current) return;
    told.current = next;
    onChange(next);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each letter begins the pause anew.
  useEffect(() => {
    const timer = setTimeout(() => tell(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <SearchField
      {...rest}
      value={typed}
      onChange={setTyped}
      onKeyDown={(event) => {
        if (event.key === "Enter") tell();
      }}
    />
  );
}
