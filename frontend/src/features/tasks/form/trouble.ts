import { fieldErrorsOf } from "@/api/failure";

/** What the server has refused, by the names of its fields. */
export type Trouble = Readonly<Record<string, string>>;

/** Inside `options` and `request` fields have their own names, wherever the request was made. */
export function troubleOf(error: unknown): Trouble {
  const fields = Object.entries(fieldErrorsOf(error));
  return Object.fromEntries(fields.map(([name, told]) => [name.replace(/^request\./, ""), told]));
}

/** Those with a place for what is wrong with them; whole objects have none. */
const FIELDS = /^(name|provider|profile_id|model|prompt|inputs|fallback|priority|run_after|max_attempts)(\.|$)/;
const OPTIONS = /^options\.(?!parameters$)/;

/** Whether each refused field of the form says so itself. */
export function isAtFields(trouble: Trouble): boolean {
  const names = Object.keys(trouble);
  return names.length > 0 && names.every((name) => FIELDS.test(name) || OPTIONS.test(name));
}

/** Of the field, or of anything inside it. */
export function errorAt(trouble: Trouble, name: string): string | undefined {
  for (const known of [name, `options.${name}`]) {
    const found = Object.keys(trouble).find((loc) => loc === known || loc.startsWith(`${known}.`));
    if (found !== undefined) return trouble[found];
  }
  return undefined;
}
