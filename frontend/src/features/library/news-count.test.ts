import { expect, test } from "vitest";
import type { Generation } from "@/api/types";
import { newsIn } from "./news-count";
import type { FoundPage } from "./queries";

const rows = (text: string) => [...text].map((id) => ({ id }) as Generation);
const page = (text: string, total: number, isCapped = false) =>
  ({ data: rows(text), pagination: { total, total_is_capped: isCapped } }) as FoundPage;

test("what comes before those that are shown is new", () => {
  expect(newsIn(page("xyabc", 100), rows("abcdef"), false)).toBe(2);
  expect(newsIn(page("abc", 100), rows("abcdef"), false)).toBe(0);
  expect(newsIn(page("xyz", 500, true), rows("abcdef"), false)).toBe(3);
});

test("what moved up since others are gone is not", () => {
  expect(newsIn(page("acg", 100), rows("acdef"), false)).toBe(0);
});

test("at the end of a whole list too", () => {
  expect(newsIn(page("abc", 6), rows("abc"), true)).toBe(3);
  expect(newsIn(page("abc", 3), rows("abc"), true)).toBe(0);
  expect(newsIn(page("x", 1), rows(""), true)).toBe(1);
});
