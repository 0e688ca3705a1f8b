import type { Answer } from "./answers";

const whole = new Intl.NumberFormat();
const tenths = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** "6.0 s · 120 tokens · 20 a second · $0.0012", of what is known. */
export function factsOf({ durationMs, usage, costUsd }: Pick<Answer, "durationMs" | "usage" | "costUsd">): string {
  const seconds = durationMs === null ? null : durationMs / 1000;
  const tokens = usage?.output_tokens ?? null;
  const facts = [
    seconds !== null && `${tenths.format(seconds)} s`,
    tokens !== null && `${whole.format(tokens)} ${tokens === 1 ? "token" : "tokens"}`,
    tokens !== null && seconds !== null && seconds > 0 && `${whole.format(Math.round(tokens / seconds))} a second`,
    costUsd !== null && dollars(costUsd),
  ];
  return facts.filter(Boolean).join(" · ");
}

/** Answers cost fractions of a cent: two significant digits, cents from a dollar on. */
export function dollars(amount: number): string {
  if (amount === 0) return "$0";
  if (amount >= 1) return `$${amount.toFixed(2)}`;
  const digits = Math.min(9, 1 - Math.floor(Math.log10(amount)));
  return `$${amount.toFixed(Math.max(2, digits))}`;
}
