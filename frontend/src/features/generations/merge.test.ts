import { describe, expect, it } from "vitest";
import type { Generation } from "@/api/types";
import { mergeHead, mergeOlder, mergeRows, type Timeline } from "./merge";

const row = (n: number, version = 1, more: Partial<Generation> = {}) =>
  ({
    id: `id-${n}`,
    seq: version * 1_000_000,
    status: "pending",
    created_at: new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString(),
    updated_at: "2026-01-01T00:00:00Z",
    ...more,
  }) as Generation;

const timeline = (numbers: number[], nextCursor: string | null = null): Timeline => ({
  rows: numbers.map((n) => row(n)),
  nextCursor,
});
const numbers = ({ rows }: Timeline) => rows.map(({ id }) => Number(id.slice(3)));
const knew = (...of: number[]) => new Set(of.map((n) => `id-${n}`));

describe("rows that are told", () => {
  it("come to their place, once", () => {
    expect(numbers(mergeRows(timeline([5, 3]), [row(6), row(4), row(5)]))).toEqual([6, 5, 4, 3]);
  });

  it("never bring back an older state", () => {
    const known = mergeRows(timeline([1]), [row(1, 3, { status: "completed" })]);
    expect(mergeRows(known, [row(1, 2, { status: "running" })]).rows[0]?.status).toBe("completed");
  });

  it("of one version are ordered by when they were changed, not by progress", () => {
    const known = mergeRows(timeline([1]), [row(1, 2, { seq: 2_000_037 })]);
    const starred = row(1, 2, { favorite: true, updated_at: "2026-01-01T00:00:09Z" });
    expect(mergeRows(known, [starred]).rows[0]?.favorite).toBe(true);
    expect(mergeRows(mergeRows(known, [starred]), [row(1, 2)]).rows[0]?.favorite).toBe(true);
  });

  it("wait for their page where older ones are not loaded yet", () => {
    const short = timeline([9, 8], "after 8");
    expect(numbers(mergeRows(short, [row(2)]))).toEqual([9, 8]);
    expect(numbers(mergeOlder(short, timeline([7, 2])))).toEqual([9, 8, 7, 2]);
  });
});

describe("the newest page", () => {
  it("shows what is gone and what is new", () => {
    const now = timeline([5, 4, 3, 2], "after 2");
    const merged = mergeHead(now, knew(5, 4, 3, 2), timeline([6, 5, 3], "after 3"));
    expect(numbers(merged)).toEqual([6, 5, 3, 2]);
    expect(merged.nextCursor).toBe("after 2");
  });

  it("takes nothing away that came since it was asked for, and brings nothing back that went", () => {
    const merged = mergeHead(timeline([6, 5, 3]), knew(5, 4, 3), timeline([5, 4, 3]));
    expect(numbers(merged)).toEqual([6, 5, 3]);
  });

  it("stands alone behind a gap, so that the missing rows come again", () => {
    const merged = mergeHead(timeline([9, 3, 2], "after 2"), knew(3, 2), timeline([8, 7], "after 7"));
    expect(numbers(merged)).toEqual([9, 8, 7]);
    expect(merged.nextCursor).toBe("after 7");
  });

  it("that is the only one empties the rest", () => {
    expect(numbers(mergeHead(timeline([3, 2, 1]), knew(3, 2, 1), timeline([2])))).toEqual([2]);
    expect(mergeHead(timeline([3, 2], "after 2"), knew(3, 2), timeline([])).nextCursor).toBeNull();
  });
});
