import { expect, test } from "vitest";
import { COLOR_VALUES, freshColor } from "./colors";

test("a new project gets a colour that no other has, in either case of letters", () => {
  expect(freshColor([])).toBe("#dc2626");
  expect(freshColor(["#DC2626", null, "#ea580c"])).toBe("#ca8a04");
});

test("when all are taken they come again in turn", () => {
  expect(freshColor(COLOR_VALUES)).toBe("#dc2626");
  expect(freshColor([...COLOR_VALUES, "#dc2626"])).toBe("#ea580c");
});
