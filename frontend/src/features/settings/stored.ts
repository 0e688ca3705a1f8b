const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/^theme$/, "Light, dark, or as the system has it"],
  [/^user$/, "Who was signed in here last"],
  [/^workspace$/, "The workspace chosen last"],
  [/draft/i, "What was typed and not sent yet"],
  [/^model/, "The models chosen last"],
  [/compare|targets/i, "What was compared last"],
  [/session|conversation/i, "What was open last"],
  [/panel|sidebar|rail|view|layout/i, "Which parts of pages are open"],
];

/** What a key of the browser's storage is for, in words. */
export const meaningOf = (key: string): string =>
  MEANINGS.find(([pattern]) => pattern.test(key))?.[1] ?? "Something a page remembers";

export interface Stored {
  key: string;
  letters: number;
}

export const storedHere = (): Stored[] =>
  Object.entries(localStorage)
    .map(([key, text]: [string, string]) => ({ key, letters: text.length }))
    .sort((one, other) => one.key.localeCompare(other.key));
