import type { Generation } from "@/api/types";

/** The generations of a session that are known, newest first and without gaps; `nextCursor` leads to the older ones. */
export interface Timeline {
  rows: readonly Generation[];
  nextCursor: string | null;
}

export const isOver = ({ status }: Pick<Generation, "status">) => status !== "pending" && status !== "running";

export const idsOf = (rows: readonly Generation[]): ReadonlySet<string> => new Set(rows.map((row) => row.id));

const SEQ_STEP = 1_000_000;
/** Counts the changes of state of a row; its events and progress in between have the same (docs/api.md, "Socket.IO"). */
export const versionOf = ({ seq }: { seq: number }) => Math.floor(seq / SEQ_STEP);

/** Within one version only a favorite, a wish to cancel or progress can differ, and `updated_at` orders those. */
export function newer(known: Generation, told: Generation): Generation {
  const isNewer = versionOf(told) === versionOf(known) ? told.updated_at >= known.updated_at : told.seq > known.seq;
  return isNewer ? told : known;
}

function byNewest(one: Generation, other: Generation): number {
  if (one.created_at !== other.created_at) return one.created_at < other.created_at ? 1 : -1;
  return one.id < other.id ? 1 : -1;
}

/** The rows replace older states of themselves, or come to their place; one before the oldest known comes with its page. */
export function mergeRows(timeline: Timeline, told: readonly Generation[]): Timeline {
  const updates = new Map(told.map((row) => [row.id, row]));
  const rows = timeline.rows.map((row) => {
    const update = updates.get(row.id);
    updates.delete(row.id);
    return update ? newer(row, update) : row;
  });
  const oldest = rows.at(-1);
  const isCovered = (row: Generation) => timeline.nextCursor === null || !oldest || byNewest(row, oldest) < 0;
  const added = [...updates.values()].filter(isCovered);
  return { ...timeline, rows: added.length === 0 ? rows : [...rows, ...added].sort(byNewest) };
}

/** The page that `timeline.nextCursor` led to. */
export function mergeOlder(timeline: Timeline, page: Timeline): Timeline {
  return { ...mergeRows({ ...timeline, nextCursor: null }, page.rows), nextCursor: page.nextCursor };
}

/** Whether no row can be missing between the head and the rows of `before`. */
export function meets(head: Timeline, before: ReadonlySet<string>): boolean {
  const oldest = head.rows.at(-1);
  return head.nextCursor === null || oldest === undefined || before.has(oldest.id);
}

/**
 * What the newest pages say; `before` were the known rows when they were asked for, so that what came or went since
 * then stays so. Where they do not meet, too much has happened, and the older rows come again when scrolled to.
 */
export function mergeHead(now: Timeline | undefined, before: ReadonlySet<string>, head: Timeline): Timeline {
  if (!now) return head;
  const known = idsOf(now.rows);
  const told = head.rows.filter(({ id }) => known.has(id) || !before.has(id));
  const present = idsOf(told);
  const isWhole = head.nextCursor === null;
  const isGap = !meets(head, before);
  const oldest = head.rows.at(-1);
  const isGone = (row: Generation) =>
    before.has(row.id) && !present.has(row.id) && (isGap || isWhole || (oldest && byNewest(row, oldest) < 0));
  const rows = now.rows.filter((row) => !isGone(row));
  const merged = mergeRows({ rows, nextCursor: null }, told);
  return { ...merged, nextCursor: isGap || isWhole ? head.nextCursor : now.nextCursor };
}

export function withoutRow({ rows, nextCursor }: Timeline, id: string): Timeline {
  return { rows: rows.filter((row) => row.id !== id), nextCursor };
}
