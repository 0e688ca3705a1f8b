import { expect, test } from "vitest";
import { linesWithin, topsOf } from "./in-sight";

const line = (height: number) => ({ tiles: [], height });
const tops = topsOf([line(100), line(200), line(50), line(100)], 10);

test("lines follow each other with a gap", () => {
  expect(tops).toEqual([0, 110, 320, 380, 490]);
});

test("only the lines in sight are drawn", () => {
  expect(linesWithin(tops, -500, 90)).toEqual([0, 1]);
  expect(linesWithin(tops, 115, 330)).toEqual([1, 3]);
  expect(linesWithin(tops, 400, 2_000)).toEqual([3, 4]);
  expect(linesWithin(tops, 5_000, 6_000)).toEqual([4, 4]);
  expect(linesWithin([0], 0, 500)).toEqual([0, 0]);
});
