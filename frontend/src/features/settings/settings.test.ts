import { describe, expect, test } from "vitest";
import { formOf, inputOf } from "./form";
import type { Setting } from "./queries";
import { meaningOf } from "./stored";

const setting = { endpoint_url: "https://proxy.example", default_model: "gpt-x", api_key: "sk-…4711" } as Setting;

describe("what is sent of a form", () => {
  test("is what differs, and never the key that is shown masked", () => {
    expect(inputOf(setting, formOf(setting))).toEqual({});
    expect(inputOf(setting, { ...formOf(setting), model: " ", url: "https://proxy.example " })).toEqual({
      default_model: null,
    });
  });

  test("a new key wins over its removal", () => {
    expect(inputOf(null, { ...formOf(null), apiKey: " sk-new ", removesKey: true })).toEqual({ api_key: "sk-new" });
    expect(inputOf(setting, { ...formOf(setting), removesKey: true })).toEqual({ api_key: null });
  });
});

test("everything that the browser keeps has a meaning in words", () => {
  expect(meaningOf("theme")).toBe("Light, dark, or as the system has it");
  expect(meaningOf("model:image")).toBe("The models chosen last");
  expect(meaningOf("what a later page keeps")).toBe("Something a page remembers");
});
