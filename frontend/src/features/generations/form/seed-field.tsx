import { Dices, Lock, LockOpen } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/ui/button";
import { Input } from "@/ui/field";
import { drawSeed, isRandom, RANDOM, readSeed, type Seed } from "./seed";

interface SeedFieldProps {
  id: string;
  label: string;
  seed: Seed;
  lastSeed: Seed | null;
  onChange: (seed: Seed) => void;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

const SMALL = "min-w-8! shrink-0 px-1!";

/** Open: a new seed each time. Locked: the one that stands there. */
export function SeedField({ id, label, seed, lastSeed, onChange, ...told }: SeedFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const isOpen = isRandom(seed);
  const change = (text: string) => {
    setTyped(text);
    const read = text.trim() === "" ? RANDOM : readSeed(text);
    if (read !== null) onChange(read);
  };
  const isWrong = typed !== null && typed.trim() !== "" && readSeed(typed) === null;
  return (
    <div className="flex items-center gap-0.5">
      <Input
        {...told}
        {...(isWrong ? { "aria-invalid": true } : {})}
        id={id}
        inputMode="numeric"
        autoComplete="off"
        spellCheck={false}
        placeholder="Random each time"
        title={isWrong ? "A seed is a whole number from 0 to 18446744073709551615." : ""}
        value={typed ?? (isOpen ? "" : String(seed))}
        onChange={(event) => change(event.target.value)}
        onBlur={() => setTyped(null)}
        className="px-1.5! text-[13px]! tabular-nums"
      />
      <IconButton className={SMALL} label={`Draw a ${label.toLowerCase()} now`} onClick={() => onChange(drawSeed())}>
        <Dices size={17} aria-hidden />
      </IconButton>
      <IconButton
        className={SMALL}
        label={isOpen ? `Keep the last ${label.toLowerCase()}` : `Random ${label.toLowerCase()} each time`}
        onClick={() => onChange(isOpen ? (lastSeed ?? drawSeed()) : RANDOM)}
      >
        {isOpen ? <LockOpen size={17} aria-hidden /> : <Lock size={17} aria-hidden className="text-accent" />}
      </IconButton>
    </div>
  );
}
