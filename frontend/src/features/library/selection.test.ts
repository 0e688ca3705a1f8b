import { expect, test } from "vitest";
import { between } from "./selection";

const order = ["a", "b", "c", "d"];

test("a range goes either way and has both ends", () => {
  expect(between(order, "b", "d")).toEqual(["b", "c", "d"]);
  expect(between(order, "d", "b")).toEqual(["b", "c", "d"]);
  expect(between(order, "b", "b")).toEqual(["b"]);
});

test("what is gone begins no range and ends none", () => {
  expect(between(order, "x", "c")).toEqual(["c"]);
  expect(between(order, null, "c")).toEqual(["c"]);
  expect(between(order, "a", "x")).toEqual([]);
});
