import type { Generation } from "@/api/types";

type Row = Pick<Generation, "id" | "status" | "outputs" | "created_at" | "completed_at">;

/**
 * Of rows, oldest first, the one to look at: the newest; while that waits, the one that was made last since it was asked
 * for, so that of several pictures asked for together each is seen in its turn.
 */
export function watchedOf<Some extends Row>(rows: readonly Some[]): Some | undefined {
  const newest = rows.at(-1);
  if (newest?.status !== "pending") return newest;
  const made = rows.findLast(({ status, outputs }) => status === "running" || outputs.length > 0);
  return made && isSince(newest.created_at, made) ? made : newest;
}

const isSince = (asked: string, { completed_at }: Row) =>
  completed_at === null || Date.parse(completed_at) > Date.parse(asked);
