import type { Tone } from "@/ui/badge";

/** What is to be seen at a node; `text` says why. */
export type Mark = Tone | { tone: Tone; text: string };
export type Marks = Readonly<Record<string, Mark>>;

const WORDS: Record<Tone, string> = {
  neutral: "Marked",
  good: "New",
  bad: "Faulty",
  warn: "Different",
  accent: "Marked",
};

export const toneOf = (mark: Mark): Tone => (typeof mark === "string" ? mark : mark.tone);

export const sayingOf = (mark: Mark): string => (typeof mark === "string" ? WORDS[mark] : mark.text);

export const EDGES: Record<Tone, string> = {
  neutral: "border-soft",
  good: "border-good",
  bad: "border-bad",
  warn: "border-warn",
  accent: "border-accent",
};

export const INKS: Record<Tone, string> = {
  neutral: "text-soft",
  good: "text-good",
  bad: "text-bad",
  warn: "text-warn",
  accent: "text-accent",
};
