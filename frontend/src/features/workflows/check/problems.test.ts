import { describe, expect, it } from "vitest";
import { asProblems, countsOf, insteadOf, type Problem, placeOf, sorted } from "./problems";

const problem = (given: Partial<Problem>): Problem => ({
  severity: "error",
  node_id: "4",
  title: "Load Checkpoint",
  class_type: "CheckpointLoaderSimple",
  input: "ckpt_name",
  code: "missing_model",
  message: "The checkpoint 'away' is not on this ComfyUI.",
  value: "away",
  choices: ["a", "b", "c"],
  nearest: ["b"],
  ...given,
});

describe("problems of a workflow", () => {
  it("stand by node, errors and warnings apart", () => {
    const told = sorted([
      problem({}),
      problem({ node_id: "3", title: null, class_type: "KSampler", input: "steps" }),
      problem({ input: "other" }),
      problem({
        severity: "warning",
        node_id: null,
        title: null,
        class_type: null,
        input: null,
        message: "No output.",
      }),
    ]);
    expect(told.errors.map(({ name, classType, problems }) => [name, classType, problems.length])).toEqual([
      ["Load Checkpoint", "CheckpointLoaderSimple", 2],
      ["KSampler", null, 1],
    ]);
    expect(told.warnings.map(({ name }) => name)).toEqual(["The whole workflow"]);
    expect(countsOf(told)).toBe("3 problems, 1 warning");
    expect(countsOf(sorted([problem({})]))).toBe("1 problem");
    expect(countsOf(sorted([]))).toBe("");
  });

  it("are told once", () => {
    const again = { node_id: null, input: null, message: "ComfyUI does not list a model 'away'.", value: null };
    expect(sorted([problem({}), problem({ severity: "warning", ...again })]).warningCount).toBe(0);
    expect(sorted([problem({ value: "other" }), problem({ severity: "warning", ...again })]).warningCount).toBe(1);
  });

  it("say what would do instead, and where to set it", () => {
    expect(insteadOf(problem({}))).toEqual({ near: ["b"], others: ["a", "c"] });
    expect(placeOf(problem({}))).toBe("4.ckpt_name");
    expect(placeOf(problem({ node_id: null, input: "steps", code: "parameter" }))).toBe("steps");
    expect(placeOf(problem({ node_id: null, input: null }))).toBeNull();
  });

  it("are made of an import's warnings too", () => {
    const told = sorted(asProblems([{ node_id: "7", class_type: "Magic", message: "ComfyUI has no such class." }]));
    expect(told.warnings).toMatchObject([{ nodeId: "7", name: "Magic", classType: null }]);
  });
});
