import { expect, test } from "vitest";
import type { Preset, Workflow } from "@/api/types";
import { type Extracted, formValues } from "@/features/generations/form/parameters";
import { fitOf, followed, isInForce, withPreset } from "./fit";
import { renewed, settingsOf, summaryOf } from "./settings";

const of = (standard: string | null, given: Partial<Extracted>): Extracted =>
  ({
    nodeId: "3",
    field: standard ?? "x",
    label: standard ?? "x",
    title: "KSampler",
    type: "int",
    kind: "integer",
    group: "sampling",
    standard,
    value: 20,
    ...given,
  }) as Extracted;

const workflow = {
  id: "w",
  extracted_parameters: [
    of("steps", {}),
    of("seed", { kind: "seed", value: 5 }),
    of("sampler_name", { type: "select", kind: "choice", value: "euler", options: ["euler", "dpmpp_2m"] }),
    of(null, { nodeId: "9", field: "strength", label: "Strength", kind: "float", value: 0.5 }),
    of(null, { nodeId: "8", field: "image", label: "Image", kind: "image", value: "a.png" }),
  ],
  default_parameters: {},
  prompt_text: "",
  negative_prompt: null,
  loras: [],
  takes_loras: true,
  workflow_json: "{}",
} as unknown as Workflow;

const preset = (parameters: Preset["parameters"], name = "p") =>
  ({ id: name, name, workflow_id: "w", parameters }) as Preset;

test("what has a place fits, by ComfyUI's own names too; the rest is named", () => {
  const { fitting, misfits, unknown } = fitOf(workflow, {
    noise_seed: 7,
    "9.strength": 0.1,
    fps: 24,
    "77.gone": 1,
    sampler_name: "ddim",
    loras: [],
  });
  expect(Object.keys(fitting)).toEqual(["noise_seed", "9.strength", "sampler_name", "loras"]);
  expect(misfits).toEqual(["fps", "77.gone"]);
  expect(unknown).toEqual([{ label: "sampler_name", value: "ddim" }]);
});

test("a preset takes the place of all that was set, but for seed and files", () => {
  const now = { steps: 4, seed: 11, "8.image": "mine.png", "9.strength": 0.9, loras: [{ name: "old" }] };
  expect(withPreset(workflow, now, preset({ sampler_name: "dpmpp_2m", fps: 24 }))).toEqual({
    seed: 11,
    "8.image": "mine.png",
    sampler_name: "dpmpp_2m",
  });
  expect(withPreset(workflow, { seed: 11 }, preset({ noise_seed: 7 }))).toEqual({ noise_seed: 7 });
});

test("it is in force as long as all of it is set as it says", () => {
  const film = preset({ steps: 30, loras: [{ name: "film", strength: 0.8 }] });
  const loras = [{ name: "film", strength_model: 0.8, strength_clip: 0.8 }];
  const holds = (set: Record<string, unknown>) => isInForce(film, workflow, formValues(workflow, set), set);
  expect(holds({ steps: 30, loras })).toBe(true);
  expect(holds({ steps: 31, loras })).toBe(false);
  expect(holds({ loras })).toBe(false);
});

test("of several in force the one that says most is followed, and none of another workflow", () => {
  const set = { steps: 30, sampler_name: "dpmpp_2m" };
  const small = preset({ steps: 30 }, "small");
  const big = preset(set, "big");
  const foreign = { ...preset(set, "foreign"), workflow_id: "other" } as Preset;
  const form = formValues(workflow, set);
  expect(followed([small, foreign, big], workflow, form, set)?.name).toBe("big");
  expect(followed([foreign], workflow, form, set)).toBeNull();
});

test("what can be kept is all that is standard, and of nodes what was changed; no random seed", () => {
  const names = (set: Record<string, unknown>) => settingsOf(formValues(workflow, set)).map(({ name }) => name);
  expect(names({})).toEqual(["steps", "sampler_name", "loras"]);
  expect(names({ "9.strength": 0.9, seed: 11 })).toEqual(["steps", "seed", "sampler_name", "9.strength", "loras"]);
});

test("brought up to the form it has what it had as it is now, and what else was changed", () => {
  const form = formValues(workflow, { steps: 40, "9.strength": 0.9, seed: 3 });
  expect(renewed({ steps: 30, fps: 24 }, form)).toEqual({ steps: 40, fps: 24, "9.strength": 0.9 });
});

test("a preset in one line", () => {
  expect(summaryOf({ steps: 30, loras: [{ name: "film", strength: 0.8 }], "9.strength": 1 })).toBe(
    "Steps 30 · LoRAs film 0.8 · 9.strength 1",
  );
  expect(summaryOf({})).toBe("Sets nothing");
});
