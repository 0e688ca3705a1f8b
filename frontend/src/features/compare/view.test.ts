import { expect, test } from "vitest";
import { moved, WHOLE, zoomed } from "./view";

test("the point under the pointer stays", () => {
  const at = { x: 0.25, y: -0.1 };
  const view = zoomed(WHOLE, 2, at);
  expect((at.x - view.x) / view.scale).toBeCloseTo(at.x);
  expect((at.y - view.y) / view.scale).toBeCloseTo(at.y);
});

test("a picture stays within its box", () => {
  expect(moved(WHOLE, 1, 1)).toEqual(WHOLE);
  expect(moved(zoomed(WHOLE, 2), 5, -5)).toEqual({ scale: 2, x: 0.5, y: -0.5 });
  expect(zoomed(zoomed(WHOLE, 100), 0.0001)).toEqual(WHOLE);
});
