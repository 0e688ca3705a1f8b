import type { Extracted, Shown, Value } from "../form/parameters";
import { drawSeed, readSeed } from "../form/seed";
import { exactOf, numberOf, steps } from "./numbers";

export const MOST_AXES = 8;
export const MOST_GENERATIONS = 1_000;
export const USUAL_LIMIT = 500;

export type Way = "range" | "list" | "choice" | "lines" | "seeds";

/** Something that can be different from picture to picture. */
export interface Variable {
  name: string;
  label: string;
  way: Way;
  isWhole: boolean;
  options: readonly Value[];
  /** As the form has it now. */
  value: string;
}

/** An axis while it is written. */
export interface AxisDraft {
  key: number;
  name: string;
  way: Way;
  from: string;
  to: string;
  step: string;
  list: string;
  chosen: readonly string[];
  seeds: readonly (string | number)[];
}

export interface AxisValues {
  count: number;
  values: readonly (Value | string)[];
  problem: string | null;
}

const LEFT_OUT = new Set<Extracted["kind"]>(["image", "audio", "video", "file"]);

export function variableOf({ name, extracted, value }: Shown): Variable[] {
  const { kind, type, label, title, standard, options } = extracted;
  if (LEFT_OUT.has(kind)) return [];
  const isChoice = type === "select" || kind === "boolean";
  const isNumber = kind === "integer" || kind === "float";
  const way = kind === "seed" ? "seeds" : isChoice ? "choice" : isNumber ? "range" : "lines";
  return [
    {
      name,
      label: standard === null ? `${label} (${title})` : label,
      way,
      isWhole: kind === "integer" || kind === "seed",
      options: isChoice ? (options ?? [true, false]) : [],
      value: String(value),
    },
  ];
}

export const textVariable = (name: string, label: string, value: string): Variable => ({
  name,
  label,
  way: "lines",
  isWhole: false,
  options: [],
  value,
});

export function newAxis(key: number, { name, way, value, isWhole }: Variable): AxisDraft {
  const step = isWhole ? "1" : "0.5";
  const seeds = way === "seeds" ? drawSeeds(4) : [];
  return { key, name, way, from: value, to: value, step, list: way === "lines" ? value : "", chosen: [value], seeds };
}

export const drawSeeds = (count: number) => Array.from({ length: count }, drawSeed);

const NOTHING = { count: 0, values: [] };

/** What the axis has come to so far; its problem is told until there is none. */
export function valuesOf(axis: AxisDraft, variable: Variable): AxisValues {
  if (axis.way === "range") return inRange(axis, variable);
  const values = listed(axis, variable);
  if (!Array.isArray(values)) return { ...NOTHING, problem: values };
  if (values.length === 0) return { ...NOTHING, problem: EMPTY[axis.way] };
  const twice = values.find((value, at) => values.indexOf(value) !== at);
  if (twice !== undefined) return { ...NOTHING, problem: `“${short(String(twice))}” is there twice.` };
  return { count: values.length, values, problem: null };
}

const EMPTY: Record<Way, string> = {
  range: "",
  list: "Write the values, with spaces or commas between them.",
  choice: "Choose at least one.",
  lines: "Write one text on each line.",
  seeds: "Say how many seeds.",
};

export const short = (text: string) => (text.length > 40 ? `${text.slice(0, 40).trimEnd()}…` : text);

function inRange({ from, to, step }: AxisDraft, { isWhole }: Variable): AxisValues {
  const [first, last, width] = [exactOf(from), exactOf(to), exactOf(step)];
  if (!first || !last || !width) return { ...NOTHING, problem: "From, to and step are numbers." };
  if (isWhole && first.scale + width.scale > 0) return { ...NOTHING, problem: "Only whole numbers go here." };
  const made = steps(first, last, width, MOST_GENERATIONS);
  if (!made) return { ...NOTHING, problem: "This step does not lead from the one to the other." };
  return { ...made, problem: null };
}

function listed(axis: AxisDraft, variable: Variable): (Value | string)[] | string {
  if (axis.way === "seeds") return [...axis.seeds];
  if (axis.way === "choice") return variable.options.filter((option) => axis.chosen.includes(String(option)));
  if (axis.way === "lines") return axis.list.split("\n").filter((line) => line.trim() !== "");
  return numbers(axis.list, variable);
}

function numbers(list: string, { isWhole, way }: Variable): (number | string)[] | string {
  const words = list.split(/[\s;,]+/).filter(Boolean);
  const values: (number | string)[] = [];
  for (const word of words) {
    const exact = exactOf(word);
    if (!exact || (isWhole && exact.scale > 0)) return `“${short(word)}” is no ${isWhole ? "whole " : ""}number.`;
    if (way === "seeds" && readSeed(word) === null) return `“${short(word)}” is no seed.`;
    values.push(numberOf(exact));
  }
  return values;
}

export type Mode = "product" | "zip";

/** How many pictures the axes make: "4 × 5 × 10 = 200 pictures". */
export function totalOf(counts: readonly number[], mode: Mode): { total: number; told: string } {
  if (counts.length === 0) return { total: 0, told: "No pictures yet" };
  const total = mode === "zip" ? Math.min(...counts) : counts.reduce((product, count) => product * count, 1);
  const written = `${total.toLocaleString("en")} ${total === 1 ? "picture" : "pictures"}`;
  const isSum = mode === "product" && counts.length > 1;
  const told = isSum ? `${counts.map((count) => count.toLocaleString("en")).join(" × ")} = ${written}` : written;
  return { total, told };
}

/** Why it cannot be sent yet. */
export function problemOf(counts: readonly number[], mode: Mode, limit: number): string | null {
  if (counts.length === 0) return "Choose at least one parameter.";
  if (counts.some((count) => count === 0)) return "Some parameter has no values yet.";
  if (mode === "zip" && new Set(counts).size > 1) {
    return `Side by side, all need as many values as each other; these have ${counts.join(", ")}.`;
  }
  const { total } = totalOf(counts, mode);
  if (total > limit)
    return `That is ${total.toLocaleString("en")}, more than the ${limit.toLocaleString("en")} you allow.`;
  return null;
}
