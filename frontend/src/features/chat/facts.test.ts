import { describe, expect, it } from "vitest";
import { endingOf, exactly, factsOf } from "./facts";

const usage = { input_tokens: 30, output_tokens: 1200, total_tokens: 1230, cached_tokens: null, reasoning_tokens: 0 };

describe("factsOf", () => {
  it("tells what is known", () => {
    const message = { model: "llama3.2", usage, cost_usd: 0.00123, duration_ms: 1_234 };
    expect(factsOf(message)).toEqual(["llama3.2", "1,200 tokens", "1.2 s", "$0.0012"]);
  });

  it("never says zero for what is unknown", () => {
    expect(factsOf({ model: null, usage: null, cost_usd: null, duration_ms: null })).toEqual([]);
  });
});

describe("exactly", () => {
  it("leaves out what nobody counted", () => {
    expect(exactly({ usage })).toBe("30 tokens told, 1,200 tokens answered, 0 tokens of them reasoning");
  });
});

describe("endingOf", () => {
  it("says nothing of an answer that came to its end", () => {
    expect(endingOf({ status: "complete", finish_reason: "stop", error: null })).toBeNull();
  });

  it("gives the server's sentence where it broke off", () => {
    expect(endingOf({ status: "partial", finish_reason: null, error: "Nobody answered." })).toContain(
      "Nobody answered.",
    );
    expect(endingOf({ status: "complete", finish_reason: "length", error: null })).toContain("most tokens");
  });
});
