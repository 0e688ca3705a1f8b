import { expect, test } from "vitest";
import { isAtFields } from "./trouble";

test("a sentence is needed only for what no field of the form can say", () => {
  expect(isAtFields({ model: "Name one." })).toBe(true);
  expect(isAtFields({ "fallback.0.model": "Name one.", "options.parameters.steps": "Too many." })).toBe(true);
  expect(isAtFields({ model: "Name one.", "options.parameters": "Nobody takes them." })).toBe(false);
  expect(isAtFields({ type: "Unknown." })).toBe(false);
  expect(isAtFields({})).toBe(false);
});
