import { expect, test } from "vitest";
import { placeOf } from "./subject";

test("a notification leads to what it is about, where that has a page", () => {
  expect(placeOf({ subject_kind: "task", subject_id: "t" })).toBe("/tasks/t");
  expect(placeOf({ subject_kind: "schedule", subject_id: "s" })).toBe("/schedules?id=s");
  expect(placeOf({ subject_kind: "something", subject_id: "x" })).toBeNull();
  expect(placeOf({ subject_kind: null, subject_id: null })).toBeNull();
});
