import { newIdempotencyKey } from "./client";

/** Gives the same key for the same input, should a first try have been heard although its answer was lost. */
export function keysByInput(): (input: unknown) => string {
  let last: { text: string; key: string } | null = null;
  return (input) => {
    const text = JSON.stringify(input);
    if (last?.text !== text) last = { text, key: newIdempotencyKey() };
    return last.key;
  };
}
