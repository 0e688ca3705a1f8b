import { describe, expect, test } from "vitest";
import type { Generation } from "@/api/types";
import { watchedOf } from "./watched";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const output = { index: 0 } as Generation["outputs"][number];

const waiting = (id: string, asked: number) => ({
  ...{ id, status: "pending" as const, outputs: [], created_at: at(asked), completed_at: null },
});
const running = (id: string, asked: number) => ({ ...waiting(id, asked), status: "running" as const });
const completed = (id: string, asked: number, ended: number) => ({
  ...{ id, status: "completed" as const, outputs: [output], created_at: at(asked), completed_at: at(ended) },
});
const cancelled = (id: string, asked: number, ended: number) => ({
  ...{ id, status: "cancelled" as const, outputs: [], created_at: at(asked), completed_at: at(ended) },
});

describe("watchedOf", () => {
  test("the newest, once it has begun", () => {
    expect(watchedOf([completed("a", 1, 2), running("b", 3)])?.id).toBe("b");
    expect(watchedOf([running("a", 1), completed("b", 1, 2)])?.id).toBe("b");
    expect(watchedOf([])).toBeUndefined();
  });

  test("the one that is being made while the newest waits", () => {
    expect(watchedOf([completed("a", 1, 2), running("b", 1), waiting("c", 1), waiting("d", 1)])?.id).toBe("b");
  });

  test("the one just made until the next begins", () => {
    expect(watchedOf([completed("a", 1, 5), waiting("b", 1), waiting("c", 1)])?.id).toBe("a");
  });

  test("the newest where it waits and nothing was made since", () => {
    expect(watchedOf([completed("a", 1, 5), waiting("b", 9)])?.id).toBe("b");
    expect(watchedOf([cancelled("a", 1, 10), waiting("b", 9)])?.id).toBe("b");
  });
});
