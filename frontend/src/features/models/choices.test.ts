import { describe, expect, it } from "vitest";
import { choicesOf, type ListedModel, type Source, startingChoice, targetOf } from "./choices";

const source = (given: Partial<Source>): Source => ({
  kind: "profile",
  provider: "ollama",
  name: "home",
  profile_id: "a",
  default_model: null,
  models: [],
  capabilities: ["text", "vision"],
  is_default: true,
  ...given,
});

const listed = (model_id: string, given: Partial<ListedModel>) =>
  ({ profile_id: "a", provider: "ollama", model_id, name: null, is_there: true, ...given }) as ListedModel;

const chatty = { model_id: "chatty", name: null, input_modalities: ["text"], output_modalities: ["text"] } as const;
const one = (models: Source["models"]) => source({ models });

describe("models to choose from", () => {
  it("are those that can do what is needed, the live list first", () => {
    const all = [
      listed("seeing", { capabilities: ["text", "vision"] }),
      listed("embedding", { capabilities: ["embeddings"] }),
      listed("chatty", { capabilities: ["text"], is_there: false }),
    ];
    const sources = [one([{ ...chatty, input_modalities: ["text"], output_modalities: ["text"] }])];
    const ids = (needs: "text" | "vision") => choicesOf(sources, all, needs)[0]?.models.map(({ id }) => id);
    expect(ids("text")).toEqual(["chatty", "seeing"]);
    expect(ids("vision")).toEqual(["seeing"]);
    expect(choicesOf(sources, [], "text")[0]?.models.map(({ id }) => id)).toEqual(["chatty"]);
  });

  it("leave out sources that cannot be named, or cannot do it", () => {
    const unnamed = source({ kind: "environment", profile_id: null, is_default: false });
    const deaf = source({ profile_id: "b", capabilities: ["embeddings"] });
    expect(choicesOf([unnamed, deaf], [], "text")).toEqual([]);
  });

  it("begin with the default model of the settings", () => {
    const settings = source({ kind: "settings", provider: "openai", profile_id: null, default_model: "gpt-x" });
    const choices = choicesOf([settings], [], "text");
    expect(choices[0]?.models.map(({ id }) => id)).toEqual(["gpt-x"]);
    expect(startingChoice(choices, null)).toEqual({ profileId: null, provider: "openai", model: "gpt-x" });
  });
});

describe("the model to start with", () => {
  const choices = choicesOf(
    [source({ profile_id: "a", is_default: false }), source({ profile_id: "b" })],
    [
      listed("gone", { profile_id: "b", capabilities: ["text"], is_there: false }),
      listed("here", { profile_id: "b", capabilities: ["text"] }),
    ],
    "text",
  );

  it("is the remembered one, listed or not, while its profile is there", () => {
    const remembered = { profileId: "a", provider: "ollama" as const, model: "typed by hand" };
    expect(startingChoice(choices, remembered)).toBe(remembered);
    expect(startingChoice(choices, { ...remembered, profileId: "deleted" })?.profileId).toBe("b");
  });

  it("else one that is really there", () => {
    expect(startingChoice(choices, null)?.model).toBe("here");
    expect(startingChoice([], null)).toBeNull();
  });
});

describe("what a request says", () => {
  it("is the profile, or else the provider", () => {
    expect(targetOf({ profileId: "a", provider: "ollama", model: "m" })).toEqual({ profile_id: "a", model: "m" });
    expect(targetOf({ profileId: null, provider: "openai", model: "" })).toEqual({ provider: "openai" });
  });
});
