const NAME = "[\\p{L}\\p{N}_]{1,50}";
const VARIABLE = `\\{(${NAME})\\}`;
/** `{{text}}` stands for `{text}`, in which variables stay what they are. */
const LITERAL = `\\{\\{((?:[^{}]|\\{${NAME}\\})*)\\}\\}`;
const EITHER = () => new RegExp(`${LITERAL}|${VARIABLE}`, "gu");
const VARIABLES = () => new RegExp(VARIABLE, "gu");

export type Values = Readonly<Record<string, string>>;

/** The variables of these texts as the server finds them: each once, as they first come. */
export function variablesOf(...texts: readonly (string | null)[]): string[] {
  const names = texts.flatMap((text) => [...(text ?? "").matchAll(EITHER())].flatMap(namesIn));
  return [...new Set(names)];
}

function namesIn([, literal, name]: RegExpMatchArray): string[] {
  if (name !== undefined) return [name];
  return [...(literal ?? "").matchAll(VARIABLES())].map((found) => found[1] ?? "");
}

/** The text with the values so far; a variable without one is still seen. */
export function filled(text: string, values: Values): string {
  const textFor = (name: string) => (Object.hasOwn(values, name) && values[name]) || `{${name}}`;
  return text.replace(EITHER(), (_, literal: string | undefined, name: string | undefined) =>
    name === undefined
      ? `{${(literal ?? "").replace(VARIABLES(), (__, inner: string) => textFor(inner))}}`
      : textFor(name),
  );
}

/** One prompt after another, as ComfyUI's are written. */
export function joined(before: string, added: string): string {
  const start = before.trimEnd();
  if (start === "") return added;
  return /[,.;:!?]$/.test(start) ? `${start} ${added}` : `${start}, ${added}`;
}

const NAME_LETTERS = 60;

/** What a prompt may be called: its first words. */
export function nameFrom(text: string): string {
  const words = text.replace(/\s+/g, " ").trim();
  if (words.length <= NAME_LETTERS) return words;
  const cut = words.slice(0, NAME_LETTERS);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), NAME_LETTERS / 2))}…`;
}
