import { describe, expect, it } from "vitest";
import { blindnessOf } from "./blindness";

const choices = [
  {
    key: "p",
    name: "Home",
    profileId: "p",
    provider: "ollama" as const,
    isDefault: true,
    models: [
      { id: "llama", name: null, sees: false, isThere: true },
      { id: "llava", name: null, sees: true, isThere: true },
    ],
  },
];
const choice = (model: string) => ({ profileId: "p", provider: "ollama" as const, model });

describe("blindnessOf", () => {
  it("names a model that is known to see nothing", () => {
    expect(blindnessOf(choices, choice("llama"))).toContain("llama does not see");
  });

  it("lets all others have pictures", () => {
    expect(blindnessOf(choices, choice("llava"))).toBeNull();
    expect(blindnessOf(choices, choice("typed by hand"))).toBeNull();
    expect(blindnessOf(null, choice("llama"))).toBeNull();
  });
});
