const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** 1536 → "1.5 KiB", in the reader's own notation. */
export function bytesShown(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  const digits = power === 0 ? 0 : 1;
  const amount = (bytes / 1024 ** power).toLocaleString(undefined, { maximumFractionDigits: digits });
  return `${amount} ${UNITS[power]}`;
}

/** 1 → "1 session", 1200 → "1,200 sessions". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString()} ${count === 1 ? one : many}`;
