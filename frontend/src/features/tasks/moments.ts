/** Moments as a browser's field for date and time holds them: by this clock, to the minute. */
export function fieldOf(at: string | null): string {
  const moment = new Date(at ?? Number.NaN);
  if (Number.isNaN(moment.getTime())) return "";
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, "2026-01-01T00:00".length);
}

/** Null while it is empty or no time at all. */
export function momentOf(field: string): string | null {
  const moment = new Date(field);
  return field === "" || Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}

const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export const exactTime = (at: string) => EXACT.format(new Date(at));

/** "3 min 5 s": how long something took. */
export function lengthOf(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60), whole % 60];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${rest} s`;
}

/** Between two moments, null where one of them is not known. */
export const tookOf = (from: string | null, to: string | null): string | null =>
  from && to ? lengthOf(Math.max(0, Date.parse(to) - Date.parse(from)) / 1_000) : null;
