import { describe, expect, it } from "vitest";
import { dollars, factsOf } from "./facts";

const usage = { input_tokens: 8, output_tokens: 120, total_tokens: 128, cached_tokens: null, reasoning_tokens: null };

describe("facts of an answer", () => {
  it("are those that are known", () => {
    expect(factsOf({ durationMs: 6_004, usage, costUsd: 0.00123 })).toBe("6.0 s · 120 tokens · 20 a second · $0.0012");
    expect(factsOf({ durationMs: 0, usage, costUsd: null })).toBe("0.0 s · 120 tokens");
    expect(factsOf({ durationMs: null, usage: null, costUsd: null })).toBe("");
  });

  it("show small amounts of money too", () => {
    expect([0, 0.000000012, 0.05, 0.5, 12.3456].map(dollars)).toEqual([
      "$0",
      "$0.000000012",
      "$0.050",
      "$0.50",
      "$12.35",
    ]);
  });
});
