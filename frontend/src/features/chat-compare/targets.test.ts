import { describe, expect, it } from "vitest";
import type { SourceChoices } from "@/features/models/choices";
import { startingTargets, targetsFrom } from "./targets";

const model = (id: string, isThere = true) => ({ id, name: null, sees: false, isThere });
const home: SourceChoices = {
  key: "a",
  name: "home",
  profileId: "a",
  provider: "ollama",
  isDefault: true,
  models: [model("gone", false), model("one"), model("two"), model("three")],
};
const choice = { profileId: "a", provider: "ollama", model: "one" };

describe("targets kept in the browser", () => {
  it("come back with what was said to each", () => {
    const kept = targetsFrom(JSON.stringify([{ choice, options: { temperature: 0.2, max_tokens: "many" } }]));
    expect(kept?.map(({ choice, options }) => ({ choice, options }))).toEqual([
      { choice, options: { temperature: 0.2 } },
    ]);
  });

  it("are none where nothing of the kind was kept", () => {
    for (const text of [null, "", "{", "7", '{"a": 1}']) expect(targetsFrom(text)).toBeNull();
    expect(targetsFrom('[null, 5, {"choice": 3}]')?.map((target) => target.choice)).toEqual([null, null, null]);
  });
});

describe("targets to start with", () => {
  it("are the first two models that are there", () => {
    expect(startingTargets(null, [home]).map((target) => target.choice?.model)).toEqual(["one", "two"]);
  });

  it("are at least two, and only of this workspace", () => {
    const kept = targetsFrom(JSON.stringify([{ choice }]));
    expect(startingTargets(kept, [home]).map((target) => target.choice?.model)).toEqual(["one", undefined]);
    expect(startingTargets(kept, []).map((target) => target.choice)).toEqual([null, null]);
  });
});
