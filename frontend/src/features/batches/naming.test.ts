import { expect, it } from "vitest";
import { labelOf, valueText } from "./naming";

it("names parameters as people do", () => {
  expect(labelOf("cfg_scale")).toBe("CFG");
  expect(labelOf("clip_skip")).toBe("Clip skip");
  expect(labelOf("12.strength")).toBe("12.strength");
});

it("tells any value in a line", () => {
  expect(valueText(7.5)).toBe("7.5");
  expect(valueText("")).toBe("empty");
  expect(valueText([])).toBe("none");
  expect(valueText([{ name: "a.safetensors", strength_model: 0.5 }, { name: "b" }])).toBe("a.safetensors 0.5 + b");
  expect(valueText("x".repeat(10_000)).length).toBeLessThan(70);
  expect(valueText(null)).toBe("null");
});
