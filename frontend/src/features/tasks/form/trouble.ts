import { fieldErrorsOf } from "@/api/failure";

/** What the server has refused, by the names of its fields. */
export type Trouble = Readonly<Record<string, string>>;

/** Inside `options` and `request` fields have their own names, wherever the request was made. */
export function troubleOf(error: unknown): Trouble {
  const fields = Object.entries(fieldErrorsOf(error));
  return Object.fromEntries(fields.map(([name, told]) => [name.replace(/^request\./, ""), told]));
}

/** Of the field, or of anything inside it. */
export function errorAt(trouble: Trouble, name: string): string | undefined {
  for (const known of [name, `options.${name}`]) {
    const found = Object.keys(trouble).find((loc) => loc === known || loc.startsWith(`${known}.`));
    if (found !== undefined) return trouble[found];
  }
  return undefined;
}
