import { describe, expect, it } from "vitest";
import { inOrder, inTurn, neighbourOf } from "./order";

const row = (id: string, more = {}) => ({
  id,
  created_by: "ada",
  priority: 0,
  batch_id: null,
  session_id: "one",
  ahead: false,
  held_at: null as string | null,
  ...more,
});

describe("the neighbour of one that waits", () => {
  const rows = [
    row("a"),
    row("b", { created_by: "bob" }),
    row("c", { session_id: "two" }),
    row("d"),
    row("e", { priority: -1 }),
  ];

  it("is the next one that takes turns with it", () => {
    expect(neighbourOf(rows, "d", -1)?.id).toBe("a");
    expect(neighbourOf(rows, "a", 1)?.id).toBe("d");
  });

  it("is nobody at the end, of others, or of what is not there", () => {
    expect(neighbourOf(rows, "a", -1)).toBeNull();
    expect(neighbourOf(rows, "e", -1)).toBeNull();
    expect(neighbourOf(rows, "x", 1)).toBeNull();
  });

  it("is of the batch where there is one", () => {
    const batch = [row("a", { batch_id: "b1" }), row("b"), row("c", { batch_id: "b1", session_id: "two" })];
    expect(neighbourOf(batch, "a", 1)?.id).toBe("c");
  });
});

it("lists tasks as they come", () => {
  const task = (status: string, priority: number, created: number, after = 0) => ({
    status,
    priority,
    created_at: new Date(created).toISOString(),
    run_after: new Date(after).toISOString(),
  });
  const rows = [
    task("pending", 0, 1, 9_000),
    task("pending", 0, 2),
    task("pending", 1, 3),
    task("running", 0, 4),
    task("pending", 0, 0),
  ];
  expect(inOrder(rows, 1_000).map(({ created_at }) => Date.parse(created_at))).toEqual([4, 3, 0, 2, 1]);
});

it("lists generations as they take turns", () => {
  const rows = [
    row("a1"),
    row("a2"),
    row("a3", { session_id: "two" }),
    row("b1", { created_by: "bob" }),
    row("a4", { ahead: true }),
    row("held", { held_at: "2026-01-01T00:00:00Z", priority: 5 }),
    row("low", { priority: -1 }),
    row("high", { priority: 1 }),
  ];
  expect(inTurn(rows).map(({ id }) => id)).toEqual(["high", "a4", "b1", "a1", "a3", "a2", "low", "held"]);
});
