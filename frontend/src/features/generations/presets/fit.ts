import type { Preset, Workflow } from "@/api/types";
import type { Parameters } from "@/features/generations/form/draft";
import {
  asLoras,
  type Extracted,
  type FormValues,
  formValues,
  namesOf,
  setIn,
  shownIn,
} from "@/features/generations/form/parameters";

/** What of a preset has a place in a workflow, and what has none, by the names that it has there. */
export interface Fit {
  fitting: Parameters;
  misfits: readonly string[];
  /** What has a place, but is none of the choices that this ComfyUI offers there. */
  unknown: readonly { label: string; value: string }[];
}

const LORAS = "loras";

export function fitOf(workflow: Workflow, parameters: Parameters): Fit {
  const places = shownIn(formValues(workflow, parameters)).map(({ extracted }) => extracted);
  const known = new Set(places.flatMap(namesOf));
  if (workflow.takes_loras) known.add(LORAS);
  const entries = Object.entries(parameters);
  return {
    fitting: Object.fromEntries(entries.filter(([name]) => known.has(name))),
    misfits: entries.flatMap(([name]) => (known.has(name) ? [] : [name])),
    unknown: places.flatMap((place) => unknownIn(place, parameters)),
  };
}

function unknownIn(place: Extracted, parameters: Parameters): Fit["unknown"] {
  const value = setIn(parameters, place);
  const { options, type, label } = place;
  if (value === undefined || type !== "select" || !options?.length || options.map(String).includes(String(value)))
    return [];
  return [{ label, value: String(value) }];
}

/** The form's parameters with a preset in force: all others are as the workflow has them, but for seed and files. */
export function withPreset(
  workflow: Workflow,
  now: Parameters,
  { parameters }: Pick<Preset, "parameters">,
): Parameters {
  const { fitting } = fitOf(workflow, parameters);
  const own = shownIn(formValues(workflow, now)).filter(({ extracted }) => isOwn(extracted));
  const kept = own.filter(({ extracted }) => setIn(fitting, extracted) === undefined);
  const names = new Set(kept.flatMap(({ extracted }) => namesOf(extracted)));
  return { ...Object.fromEntries(Object.entries(now).filter(([name]) => names.has(name))), ...fitting };
}

/** What belongs to one picture more than to a style. */
export const isOwn = ({ kind }: Pick<Extracted, "kind">) => ["seed", "image", "audio", "video", "file"].includes(kind);

/** Whether all of a preset that fits is set in the form as it says. */
export function isInForce(
  { parameters }: Pick<Preset, "parameters">,
  workflow: Workflow,
  form: FormValues,
  set: Parameters,
) {
  const { fitting } = fitOf(workflow, parameters);
  const names = Object.keys(fitting);
  const places = shownIn(form).map(({ extracted }) => extracted);
  return names.length > 0 && names.every((name) => isSame(name, fitting, places, set));
}

function isSame(name: string, wanted: Parameters, places: readonly Extracted[], set: Parameters): boolean {
  if (name === LORAS) return JSON.stringify(asLoras(wanted[name])) === JSON.stringify(asLoras(set[name]));
  const place = places.find((one) => namesOf(one).includes(name));
  return place !== undefined && String(setIn(set, place)) === String(setIn(wanted, place));
}

/** Whether it may be taken for this workflow: it is for it, or for any. */
export const isFor = ({ workflow_id }: Preset, workflowId: string) =>
  workflow_id === null || workflow_id === workflowId;

/** The preset that the form follows, of several the one that says most. */
export function followed(presets: readonly Preset[], workflow: Workflow, form: FormValues, set: Parameters) {
  const size = ({ parameters }: Preset) => Object.keys(parameters).length;
  return presets
    .filter((preset) => isFor(preset, workflow.id) && isInForce(preset, workflow, form, set))
    .reduce<Preset | null>((most, next) => (most && size(most) >= size(next) ? most : next), null);
}
