import type { Message } from "@/api/types";

const dollars = new Intl.NumberFormat("en", { style: "currency", currency: "USD", maximumSignificantDigits: 2 });
const count = new Intl.NumberFormat("en");
const seconds = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

type Counted = Pick<Message, "model" | "usage" | "cost_usd" | "duration_ms">;

/** Who answered, how much that was, how long it took and what it cost, as far as it is known. */
export function factsOf({ model, usage, cost_usd, duration_ms }: Counted): string[] {
  const tokens = usage?.output_tokens ?? null;
  return [
    model,
    tokens === null ? null : `${count.format(tokens)} ${tokens === 1 ? "token" : "tokens"}`,
    duration_ms === null ? null : `${seconds.format(duration_ms / 1_000)} s`,
    cost_usd === null ? null : dollars.format(cost_usd),
  ].filter((fact) => fact !== null && fact !== "") as string[];
}

/** All that was counted, for who wants to know it exactly. */
export function exactly({ usage }: Pick<Message, "usage">): string {
  if (!usage) return "";
  const told = [
    ["told", usage.input_tokens],
    ["of them cached", usage.cached_tokens],
    ["answered", usage.output_tokens],
    ["of them reasoning", usage.reasoning_tokens],
  ] as const;
  const known = told.filter(([, tokens]) => tokens !== null);
  return known.map(([name, tokens]) => `${count.format(tokens ?? 0)} tokens ${name}`).join(", ");
}

/** Why an answer ended before its end; null where it did not. */
export function endingOf(message: Pick<Message, "status" | "finish_reason" | "error">): string | null {
  if (message.status === "cancelled") return "Stopped.";
  if (message.status === "partial") return `The answer broke off. ${message.error ?? ""}`.trim();
  if (message.status !== "complete") return null;
  if (message.finish_reason === "length") return "Ended at the most tokens that it may have.";
  if (message.finish_reason === "content_filter") return "Ended by the provider's content filter.";
  if (message.finish_reason === "refusal") return "The model declined to answer further.";
  return null;
}
