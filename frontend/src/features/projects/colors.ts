/** What a project may be marked with, by the names that people call them. */
export const COLORS = {
  "#dc2626": "Red",
  "#ea580c": "Orange",
  "#ca8a04": "Yellow",
  "#16a34a": "Green",
  "#0891b2": "Cyan",
  "#2563eb": "Blue",
  "#9333ea": "Purple",
  "#db2777": "Pink",
} as const;

export const COLOR_VALUES = Object.keys(COLORS) as (keyof typeof COLORS)[];

/** Another one than those that are taken, while there are any. */
export function freshColor(taken: readonly (string | null)[]): string {
  const used = new Set(taken.map((color) => color?.toLowerCase()));
  return (
    COLOR_VALUES.find((color) => !used.has(color)) ?? COLOR_VALUES[taken.length % COLOR_VALUES.length] ?? "#2563eb"
  );
}
