import { expect, test } from "vitest";
import { lineAt, linesOf, ratioOf, stepFrom } from "./layout";

const room = { width: 1_000, height: 200, gap: 10 };
const squares = (count: number) =>
  linesOf(
    Array.from({ length: count }, () => 1),
    (ratio) => ratio,
    room,
  );

test("every line but the last is as wide as the room", () => {
  const ratios = [1, 1.5, 0.7, 1, 2, 0.5, 1, 1, 1.2, 1.2, 0.8];
  const lines = linesOf(ratios, (ratio) => ratio, room);
  for (const { tiles, height } of lines.slice(0, -1)) {
    const width = tiles.reduce((sum, tile) => sum + tile.width, 0) + room.gap * (tiles.length - 1);
    expect(width).toBeLessThanOrEqual(1_000);
    expect(width).toBeGreaterThan(1_000 - tiles.length - 1);
    expect(height).toBeLessThanOrEqual(200);
  }
  expect(lines.flatMap(({ tiles }) => tiles.map(({ item }) => item))).toEqual(ratios);
});

test("more at the end leave the lines before them alone", () => {
  expect(squares(23).slice(0, 4)).toEqual(squares(20).slice(0, 4));
});

test("shapes that would spoil a line are held back", () => {
  expect(ratioOf(8_000, 10)).toBe(2.2);
  expect(ratioOf(10, 8_000)).toBe(0.5);
  expect(ratioOf(null, 5)).toBe(1);
});

test("arrow keys go to the neighbour that is nearest", () => {
  const lines = squares(12);
  expect(lines.map(({ tiles }) => tiles.length)).toEqual([5, 5, 2]);
  expect(stepFrom(lines, 2, "ArrowRight")).toBe(3);
  expect(stepFrom(lines, 2, "ArrowDown")).toBe(7);
  expect(stepFrom(lines, 9, "ArrowDown")).toBe(11);
  expect(stepFrom(lines, 1, "ArrowUp")).toBe(1);
  expect(stepFrom(lines, 11, "ArrowRight")).toBe(11);
  expect(stepFrom(lines, 0, "PageDown")).toBe(10);
  expect(stepFrom(lines, 0, "End")).toBe(11);
  expect(stepFrom(lines, 0, "x")).toBeNull();
  expect(stepFrom([], 0, "End")).toBeNull();
  expect(lineAt(lines, 11)).toEqual({ line: 2, place: 1 });
});
