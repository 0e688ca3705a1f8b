export interface Placed<Item> {
  item: Item;
  left: number;
  width: number;
}

export interface Line<Item> {
  tiles: readonly Placed<Item>[];
  height: number;
}

interface Room {
  width: number;
  /** What a line is high at least; all but the last are stretched to the full width from fewer tiles. */
  height: number;
  gap: number;
}

/** Lines of equal width, each picture in its own shape; more items at the end change the last line only. */
export function linesOf<Item>(items: readonly Item[], ratioOf: (item: Item) => number, room: Room): Line<Item>[] {
  const { width, height, gap } = room;
  if (width <= 0) return [];
  const lines: Line<Item>[] = [];
  let waiting: Item[] = [];
  let ratio = 0;
  for (const item of items) {
    waiting.push(item);
    ratio += ratioOf(item);
    const free = width - gap * (waiting.length - 1);
    if (ratio * height < free) continue;
    lines.push(lineOf(waiting, ratioOf, free / ratio, gap));
    waiting = [];
    ratio = 0;
  }
  if (waiting.length > 0) lines.push(lineOf(waiting, ratioOf, height, gap));
  return lines;
}

function lineOf<Item>(
  items: readonly Item[],
  ratioOf: (item: Item) => number,
  height: number,
  gap: number,
): Line<Item> {
  let left = 0;
  const tiles = items.map((item) => {
    const placed = { item, left, width: Math.floor(ratioOf(item) * height) };
    left += placed.width + gap;
    return placed;
  });
  return { tiles, height: Math.floor(height) };
}

const NARROWEST = 0.5;
const BROADEST = 2.2;

/** Width by height, held within what still looks well beside others. */
export function ratioOf(width: number | null | undefined, height: number | null | undefined): number {
  if (!width || !height) return 1;
  return Math.min(BROADEST, Math.max(NARROWEST, width / height));
}

/** From one tile to the next: sideways in reading order, up and down to the one that is nearest by its middle. */
export function stepFrom<Item>(lines: readonly Line<Item>[], at: number, key: string): number | null {
  const counts = lines.map(({ tiles }) => tiles.length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const within = (index: number) => Math.max(0, Math.min(index, total - 1));
  const steps: Record<string, () => number> = {
    ArrowRight: () => within(at + 1),
    ArrowLeft: () => within(at - 1),
    ArrowDown: () => beside(lines, at, 1),
    ArrowUp: () => beside(lines, at, -1),
    PageDown: () => beside(lines, at, LINES_OF_A_PAGE),
    PageUp: () => beside(lines, at, -LINES_OF_A_PAGE),
    Home: () => 0,
    End: () => total - 1,
  };
  return total === 0 ? null : (steps[key]?.() ?? null);
}

const LINES_OF_A_PAGE = 3;

function beside<Item>(lines: readonly Line<Item>[], at: number, step: number): number {
  const here = lineAt(lines, at);
  const from = lines[here.line];
  const line = Math.max(0, Math.min(here.line + step, lines.length - 1));
  const to = lines[line];
  if (!from || !to || line === here.line) return at;
  const middle = middlesOf(from)[here.place] ?? 0;
  const distances = middlesOf(to).map((one) => Math.abs(one - middle));
  return firstOf(lines, line) + distances.indexOf(Math.min(...distances));
}

const middlesOf = ({ tiles }: Line<unknown>) => tiles.map(({ left, width }) => left + width / 2);

const firstOf = (lines: readonly Line<unknown>[], line: number) =>
  lines.slice(0, line).reduce((sum, { tiles }) => sum + tiles.length, 0);

/** The line of the item with this number, and its place there. */
export function lineAt(lines: readonly Line<unknown>[], at: number): { line: number; place: number } {
  let before = 0;
  for (const [line, { tiles }] of lines.entries()) {
    if (at < before + tiles.length) return { line, place: at - before };
    before += tiles.length;
  }
  return { line: -1, place: -1 };
}
