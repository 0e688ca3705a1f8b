import { expect, it } from "vitest";
import type { Generation } from "@/api/types";
import { withNewest, withRow } from "./cells";

const row = (seq: number, status: string) => ({ seq, status, updated_at: "2026-01-01T00:00:00Z" }) as Generation;
const cellsOf = (...rows: Generation[]) => new Map(rows.entries());

it("keeps what came by itself while all were read, takes what is newer, and leaves out what is gone", () => {
  const known = cellsOf(row(3_000_000, "completed"), row(1_000_000, "pending"), row(1_000_000, "failed"));
  const read = cellsOf(row(2_000_000, "running"), row(2_000_000, "running"));
  expect([...withNewest(known, read).values()].map(({ status }) => status)).toEqual(["completed", "running"]);
});

it("takes one that was read by itself, unless it is older", () => {
  const cells = cellsOf(row(2_000_000, "running"));
  const told = (seq: number, status: string, place = 0) => ({ ...row(seq, status), batch_index: place });
  const statuses = (one: Generation) => [...withRow(cells, one).values()].map(({ status }) => status);
  expect(statuses(told(1_000_000, "pending"))).toEqual(["running"]);
  expect(statuses(told(3_000_000, "completed"))).toEqual(["completed"]);
  expect(statuses(told(1_000_000, "pending", 1))).toEqual(["running", "pending"]);
});
