import { expect, test } from "vitest";
import { afterDay, atDay } from "./days";

test("a day goes from its midnight to the next, where one is", () => {
  expect(new Date(atDay("2026-02-28")).getHours()).toBe(0);
  expect(new Date(afterDay("2026-02-28")).getDate()).toBe(1);
  expect(new Date(afterDay("2026-02-28")).getMonth()).toBe(2);
});

test("what is no day is no filter", () => {
  expect([atDay(""), afterDay(""), atDay("yesterday"), afterDay("2026-13-01")]).toEqual(["", "", "", ""]);
});
