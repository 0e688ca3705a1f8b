import { describe, expect, test } from "vitest";
import { ApiFailure } from "@/api/failure";
import type { Profile } from "@/api/types";
import { formOf, inputOf, patchOf, trialOf, troubleOf } from "./form";

const stored: Profile = {
  id: "1",
  name: "Studio",
  description: null,
  type: "image",
  provider: "comfyui",
  has_api_key: true,
  api_key: "sk-…7890",
  url: "http://studio:8188",
  options: { timeout: 5 },
  prompt_template: null,
  first_byte_timeout_seconds: null,
  position: null,
  input_modalities: ["text"],
  output_modalities: ["image"],
  is_demo: false,
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
};

describe("what is sent", () => {
  test("nothing of a profile that nobody has changed, the mask of its key least of all", () => {
    expect(patchOf(stored, formOf(stored))).toEqual({});
  });

  test("only what differs; an emptied address is null, the provider's own", () => {
    expect(patchOf(stored, { ...formOf(stored), name: " Loft ", url: " " })).toEqual({ name: "Loft", url: null });
  });

  test("a typed key replaces the stored one, also where its removal was ticked; without one it is removed", () => {
    const form = { ...formOf(stored), removesKey: true };
    expect(patchOf(stored, form)).toEqual({ api_key: null });
    expect(patchOf(stored, { ...form, apiKey: "sk-new" })).toEqual({ api_key: "sk-new" });
  });

  test("of a new profile everything that the form shows", () => {
    expect(inputOf({ ...formOf(null), name: "New" })).toEqual({
      name: "New",
      provider: "comfyui",
      url: null,
      description: null,
      api_key: null,
      input_modalities: ["text", "image"],
      output_modalities: ["image"],
      prompt_template: null,
      options: null,
      first_byte_timeout_seconds: null,
      position: null,
    });
  });

  test("what its calls begin with, as it is typed", () => {
    const [timeout] = formOf(stored).options;
    expect(timeout).toMatchObject({ name: "timeout", value: "5" });
    const options = [{ key: 1, name: "temperature", value: "0.2" }];
    const typed = { ...formOf(stored), options, template: "Be brief.", patience: "600", position: "0" };
    expect(patchOf(stored, typed)).toEqual({
      options: { temperature: 0.2 },
      prompt_template: "Be brief.",
      first_byte_timeout_seconds: 600,
      position: 0,
    });
  });
});

describe("a trial of the connection", () => {
  test("uses the stored key only with the stored address", () => {
    expect(trialOf(stored, formOf(stored))).toEqual({ saved: "1" });
    expect(trialOf(stored, { ...formOf(stored), url: "http://elsewhere" })).toEqual({
      given: { provider: "comfyui", url: "http://elsewhere", api_key: null },
    });
  });

  test("leaves the stored key out once its removal is ticked", () => {
    expect(trialOf(stored, { ...formOf(stored), removesKey: true })).toHaveProperty("given");
  });
});

test("a refusal of the address or the key stands at its field", () => {
  const refusal = new ApiFailure(422, { code: "API_KEY_REQUIRED", error: "Enter it again." });
  expect(troubleOf(refusal)).toEqual({ api_key: "Enter it again." });
});
