import { expect, test } from "vitest";
import type { Workflow } from "@/api/types";
import { type Draft, draftOfGeneration } from "./draft";
import { defaultsOf, type Extracted, formValues, inputOf, parametersOf, withValue } from "./parameters";

const extracted = (
  standard: string | null,
  place: string,
  value: Extracted["value"],
  more: Partial<Extracted> = {},
) => {
  const [nodeId = "", field = ""] = place.split(".");
  const told = {
    label: standard ?? field,
    type: "number" as const,
    kind: "integer" as const,
    group: "sampling",
    title: "",
  };
  return { nodeId, field, value, standard, ...told, ...more };
};

const SEED = extracted("seed", "3.seed", 42, { kind: "seed", type: "seed" });
const STEPS = extracted("steps", "3.steps", 20, { label: "Steps" });
const SECOND_STEPS = extracted(null, "10.steps", 20, { label: "Steps" });
const LORA = { name: "detail.safetensors", strength_model: 0.5, strength_clip: 0.25 };

const workflow = (more: Partial<Workflow> = {}): Workflow => ({
  id: "w",
  profile_id: null,
  name: "Text to image",
  description: null,
  default_parameters: {},
  thumbnail_url: null,
  is_default: true,
  generation_count: 0,
  version: 1,
  source_kind: "api",
  source_media_id: null,
  created_at: "",
  updated_at: "",
  workflow_json: '{"3": {"inputs": {"seed": 42, "steps": 20, "denoise": 1}}, "10": {"inputs": {"steps": 20}}}',
  extracted_parameters: [SEED, STEPS, SECOND_STEPS, extracted("cfg_scale", "3.cfg", 7, { kind: "float" })],
  parameters_source: "live",
  prompt_text: "a lighthouse",
  negative_prompt: "blurry",
  loras: [],
  takes_loras: true,
  has_original: false,
  warnings: [],
  duplicate_of: null,
  unknown_classes: [],
  ...more,
});

const shownOf = (name: string, of: Workflow, parameters: Draft["parameters"]) =>
  formValues(of, parameters).standard.get(name)?.value;

test("a value is the draft's, else the workflow's default, else the graph's", () => {
  expect(shownOf("steps", workflow(), {})).toBe(20);
  expect(shownOf("steps", workflow({ default_parameters: { steps: 30 } }), {})).toBe(30);
  expect(shownOf("steps", workflow({ default_parameters: { steps: 30 } }), { steps: 40 })).toBe(40);
  expect(shownOf("cfg_scale", workflow({ default_parameters: { cfg: 5 } }), {})).toBe(5);
  expect(shownOf("steps", workflow({ default_parameters: { "3.steps": 12, steps: 30 } }), {})).toBe(12);
});

test("only what differs is marked as changed, and a reset takes it back", () => {
  const set = withValue({ "3.steps": 25 }, STEPS, 30);
  expect(set).toEqual({ steps: 30 });
  expect(formValues(workflow(), set).changed).toEqual(["steps"]);
  expect(formValues(workflow(), { steps: 20 }).changed).toEqual([]);
  expect(withValue(set, STEPS, undefined)).toEqual({});
});

test("an input of the same meaning and value follows the standard one until it is set itself", () => {
  const second = (parameters: Draft["parameters"]) => formValues(workflow(), parameters).others[0];
  expect(second({ steps: 30 })).toMatchObject({ name: "10.steps", value: 30, isChanged: false });
  expect(second({ steps: 30, "10.steps": 8 })).toMatchObject({ value: 8, isChanged: true });
});

test("a new seed is drawn each time unless one is kept", () => {
  const seed = (of: Workflow, parameters: Draft["parameters"]) => formValues(of, parameters).seed;
  expect(seed(workflow(), {})).toBe(-1);
  expect(seed(workflow({ default_parameters: { seed: 5 } }), {})).toBe(5);
  expect(seed(workflow(), { seed: "18446744073709551615" })).toBe("18446744073709551615");
});

test("what has no place in this workflow is not sent", () => {
  const stale = { steps: 30, denoise: 0.5, "99.text": "of another workflow", loras: [LORA] };
  const of = workflow({ takes_loras: false });
  expect(parametersOf(formValues(of, stale), stale)).toEqual({ steps: 30, seed: -1 });
});

test("an input that no list has is sent, and shown so that it can be taken back", () => {
  const set = { "3.denoise": 0.5 };
  const form = formValues(workflow(), set);
  expect(parametersOf(form, set)).toEqual({ "3.denoise": 0.5, seed: -1 });
  expect(form.others.at(-1)).toMatchObject({ name: "3.denoise", value: 0.5, base: 1, isChanged: true });
});

test("the settings of a picture make the same request again, its seed kept to the last digit", () => {
  const parameters = { steps: 33, cfg_scale: 4.5, seed: "18446744073709551615", "10.steps": 8 };
  const made = draftOfGeneration({
    parameters,
    seed: "18446744073709551615",
    loras_used: [LORA],
    prompt_text: "a ship",
    negative_prompt: "",
    workflow_id: "w",
  });
  const of = workflow();
  expect(inputOf(of, made, parametersOf(formValues(of, made.parameters), made.parameters))).toEqual({
    workflow_id: "w",
    prompt_text: "a ship",
    negative_prompt: "",
    parameters: { ...parameters, loras: [LORA] },
  });
});

test("a picture without LoRAs stays without them where the workflow has some now", () => {
  const picture = {
    parameters: {},
    seed: 1,
    loras_used: [],
    prompt_text: null,
    negative_prompt: null,
    workflow_id: "w",
  };
  const made = draftOfGeneration(picture);
  const form = formValues(workflow({ loras: [LORA] }), made.parameters);
  expect(parametersOf(form, made.parameters)).toEqual({ seed: 1, loras: [] });
});

test("variations differ by nothing but their seed", () => {
  const set = { steps: 30, noise_seed: 7 };
  expect(parametersOf(formValues(workflow(), set), set, 8)).toEqual({ steps: 30, seed: 8 });
});

test("saved defaults take the place of those that stood there by another name", () => {
  const of = workflow({ default_parameters: { cfg: 5, seed: 9 } });
  const form = formValues(of, { cfg_scale: 6, seed: -1 });
  expect(defaultsOf(form, of)).toEqual({ cfg: null, cfg_scale: 6, seed: null });
});
