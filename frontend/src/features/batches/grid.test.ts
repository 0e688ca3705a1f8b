import { describe, expect, it } from "vitest";
import { depthsAt, gridOf } from "./grid";

const sweep = (lengths: readonly number[], total: number) => ({
  kind: "sweep" as const,
  total,
  axes: lengths.map((length, at) => ({ parameter: `p${at}`, values: Array.from({ length }, (_, value) => value) })),
});

describe("gridOf", () => {
  it("lays two axes out as a table, the last first", () => {
    expect(gridOf(sweep([2, 3], 6), [])).toMatchObject({
      kind: "table",
      rows: [
        [0, 1, 2],
        [3, 4, 5],
      ],
    });
  });

  it("cuts a table out of three and four axes", () => {
    expect(gridOf(sweep([2, 2, 3], 12), [1])).toMatchObject({
      rows: [
        [1, 4],
        [7, 10],
      ],
    });
    expect(gridOf(sweep([1, 2, 2, 3], 12), [1, 2])).toMatchObject({ rows: [[5, 11]] });
  });

  it("shows one axis, side by side and variations one after the other", () => {
    expect(gridOf(sweep([4], 4), [])).toEqual({ kind: "plain", places: [0, 1, 2, 3] });
    expect(gridOf(sweep([3, 3], 3), [])).toEqual({ kind: "plain", places: [0, 1, 2] });
    expect(gridOf({ ...sweep([2, 2], 4), kind: "variations" }, [])).toMatchObject({ kind: "plain" });
  });
});

describe("depthsAt", () => {
  it.each([
    ["2,1", [2, 1]],
    ["", [0, 0]],
    ["9,x", [0, 0]],
    ["-1,0.5", [0, 0]],
  ])("reads %j out of the address", (asked, at) => {
    expect(depthsAt(sweep([2, 2, 3, 2], 24), asked)).toEqual(at);
  });
});
