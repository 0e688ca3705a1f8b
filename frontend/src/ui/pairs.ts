/** A name and its value as they are typed; `key` tells rows apart while both are still empty. */
export interface Pair {
  key: number;
  name: string;
  value: string;
}

let lastKey = 0;

export function newKey(): number {
  lastKey += 1;
  return lastKey;
}

export const newPair = (name = "", value = ""): Pair => ({ key: newKey(), name, value });

/** Numbers, true, false, null, lists and objects are what they look like; all else is text. */
export function typedValue(text: string): unknown {
  if (!/^\s*([-\d[{"]|true\s*$|false\s*$|null\s*$)/.test(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    return isExact(value, text) ? value : text.trim();
  } catch {
    return text;
  }
}

/** A seed of more digits than a number holds goes as text, as the API takes it. */
const isExact = (value: unknown, text: string) =>
  !Number.isInteger(value) || String(value) === text.trim() || /[.e]/i.test(text);

/** What has to be typed for this value. */
export function typedText(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value) ?? "";
  return typedValue(value) === value ? value : JSON.stringify(value);
}

export const pairsOf = (values: object | null | undefined): Pair[] =>
  Object.entries(values ?? {}).map(([name, value]) => newPair(name, typedText(value)));

/** Rows without a name are still being written. */
export const valuesOf = (pairs: readonly Pair[]): Record<string, unknown> =>
  Object.fromEntries(
    pairs.filter(({ name }) => name.trim() !== "").map(({ name, value }) => [name.trim(), typedValue(value)]),
  );
