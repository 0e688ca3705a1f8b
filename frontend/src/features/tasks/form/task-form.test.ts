import { describe, expect, it } from "vitest";
import { typedText, typedValue } from "@/ui/pairs";
import { formOf, formOfTask, holdsAll, requestOf } from "./task-form";

const PROFILE = "441d0664-a65e-4c1b-aa9d-184e0e94bffa";

describe("a typed value", () => {
  it("is what it looks like", () => {
    expect(["7", "-0.5", "true", "null", "[1]", '{"a":1}', '"7"'].map(typedValue)).toEqual([
      7,
      -0.5,
      true,
      null,
      [1],
      { a: 1 },
      "7",
    ]);
    expect(["euler", "7 cats", "", "truely", "[broken"].map(typedValue)).toEqual([
      "euler",
      "7 cats",
      "",
      "truely",
      "[broken",
    ]);
  });

  it("keeps all digits of a seed", () => {
    expect(typedValue("18446744073709551615")).toBe("18446744073709551615");
  });

  it("comes back as it was", () => {
    for (const value of ["euler", "7", "true", 7, true, [1, "a"], { a: null }, "“quoted”"])
      expect(typedValue(typedText(value))).toEqual(value);
  });
});

describe("the request of a form", () => {
  const request = {
    type: "image" as const,
    profile_id: PROFILE,
    prompt: "a lighthouse",
    options: { workflow_id: PROFILE, parameters: { steps: 4, sampler_name: "euler" }, size: "1024x1024" },
    fallback: [{ provider: "gemini" as const, model: "x" }],
    priority: -2,
  };

  it("is the one that the form was made of", () => {
    expect(requestOf(formOf(request))).toEqual(request);
    expect(holdsAll(request)).toBe(true);
  });

  it("says nothing of workflows where none can run", () => {
    expect(requestOf({ ...formOf(request), provider: "openai" }).options).toEqual({ size: "1024x1024" });
    expect(requestOf({ ...formOf(request), type: "text" }).options).toEqual({ size: "1024x1024" });
  });

  it("does not hold what the form has no place for", () => {
    expect(holdsAll({ ...request, options: { workflow_json: {}, negative_prompt: 7 } })).toBe(false);
    expect(holdsAll({ ...request, profileId: "camel" })).toBe(false);
  });
});

it("takes a task again without the name that its prompt has given it", () => {
  expect(formOfTask({ type: "text", name: "A poem about…", prompt: "A poem about the sea" }).name).toBe("");
  expect(formOfTask({ type: "text", name: "Mine", prompt: "A poem" }).name).toBe("Mine");
});
