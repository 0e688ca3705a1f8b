import { describe, expect, it } from "vitest";
import { faultsOf, optionsOf, typedOf } from "./options";

describe("options of a conversation", () => {
  it("come through the fields as they were, also those that have none", () => {
    const options = { temperature: 0, max_tokens: 50, stop: ["END", "##"], num_ctx: 8192 };
    expect(optionsOf(typedOf(options), options)).toEqual(options);
  });

  it("go back to the model's own where a field is emptied", () => {
    const before = { temperature: 0.7, stop: "END", num_ctx: 8192 };
    const typed = { ...typedOf(before), temperature: " ", stop: "" };
    expect(optionsOf(typed, before)).toEqual({ num_ctx: 8192 });
  });

  it("say what is no number", () => {
    expect(faultsOf({ temperature: "warm", max_tokens: "1.5", seed: "", top_p: "0.9" })).toEqual({
      temperature: "This is no number.",
      max_tokens: "This must be a whole number.",
    });
  });
});
