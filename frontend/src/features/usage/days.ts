const DAY_MS = 86_400_000;
const words = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });

/** "2026-11-21" → "21 Nov", in the reader's own notation; days of the server are UTC days. */
export const dayShown = (day: string): string => words.format(Date.parse(`${day}T00:00:00Z`));

export const dayOf = (moment: number): string => new Date(moment).toISOString().slice(0, 10);

/** The day `days` later, or earlier where negative. */
export const dayAfter = (day: string, days: number): string => dayOf(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS);

/** Whether it is a day as an address may carry it. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

/** Every day from `first` to `last`, both of them too. */
export function daysBetween(first: string, last: string): string[] {
  const count = Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, number) => dayAfter(first, number));
}
