import { expect, it } from "vitest";
import { costShown, sumOf } from "./sums";

const group = (cost_usd: number | null, unpriced_calls = 0) => ({
  total: 2,
  complete: 1,
  failed: 1,
  cost_usd,
  unpriced_calls,
});

it("adds up what is known", () => {
  expect(sumOf([group(0.5), group(null, 3), group(0.25)])).toEqual({
    total: 6,
    complete: 3,
    failed: 3,
    cost_usd: 0.75,
    unpriced_calls: 3,
  });
});

it("never takes an unknown price for nothing", () => {
  expect(costShown(group(null, 2))).toBe("price unknown");
  expect(costShown(group(1.5, 2))).toBe("at least $1.50");
  expect(costShown(group(0.000_4))).toBe("$0.000400");
  expect(costShown(group(null))).toBe("no cost");
});
