import { expect, test } from "vitest";
import { activeOf, filtersOf, queryOf, sortOf, toggled, withChange, withoutFilters } from "./filters";

const params = (text: string) => new URLSearchParams(text);

test("an address is read as the API names its filters", () => {
  const read = filtersOf(
    params("q=red+fox&status=failed&status=cancelled&parameters.6.text=a&sort=oldest&picture=x&seed="),
  );
  expect(read).toEqual({ q: "red fox", status: ["failed", "cancelled"], "parameters.6.text": "a" });
});

test("an unknown order is the newest first", () => {
  expect(sortOf(params("sort=loudest"))).toBe("newest");
  expect(queryOf({ q: "a" }, sortOf(params("sort=oldest")))).toEqual({ q: "a", sort: "created_at", order: "asc" });
});

test("each value of a filter is taken away by itself", () => {
  const filters = filtersOf(params("tag=one&tag=two&checkpoint=sd15"));
  expect(activeOf(filters)).toHaveLength(3);
  expect(toggled(filters, "tag", "one")).toEqual({ tag: ["two"] });
  expect(toggled(filters, "tag", "three")).toEqual({ tag: ["one", "two", "three"] });
  expect(toggled(filters, "checkpoint", "sd15")).toEqual({ checkpoint: null });
  expect(toggled(filters, "checkpoint", "flux")).toEqual({ checkpoint: "flux" });
});

test("a change leaves the rest of the address alone", () => {
  const next = withChange(params("q=fox&tag=one&sort=oldest"), { tag: ["a", "b"], q: null, seed: "" });
  expect(next.toString()).toBe("sort=oldest&tag=a&tag=b");
  expect(withoutFilters(next).toString()).toBe("sort=oldest");
});
