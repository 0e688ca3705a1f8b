import { LosslessNumber, parse } from "lossless-json";
import { typeOf } from "./types-of-links";

/** A literal value of a node, as text. */
export interface GraphValue {
  name: string;
  text: string;
}

/** What a node takes from another one. */
export interface GraphLink {
  from: string;
  output: number;
  to: string;
  input: string;
  type: string | null;
}

export interface GraphNode {
  id: string;
  title: string;
  className: string;
  values: readonly GraphValue[];
  inputs: readonly GraphLink[];
  /** Other nodes take something from it, and it is not there. */
  isMissing: boolean;
}

export interface Graph {
  nodes: readonly GraphNode[];
  links: readonly GraphLink[];
}

export const NO_GRAPH: Graph = { nodes: [], links: [] };

type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);

/** A workflow as text or as it was parsed; null for what is no JSON. Numbers of a text keep all their digits. */
export function parsed(workflow: unknown): unknown {
  if (typeof workflow !== "string") return workflow ?? null;
  try {
    return parse(workflow);
  } catch {
    return null;
  }
}

/** The nodes of a graph in API format. Whatever in it has another shape is left out, or shown as the text it is. */
export function readGraph(workflow: unknown): Graph {
  const whole = parsed(workflow);
  const inner = isFields(whole) && isFields(whole.prompt) && !isNode(whole.prompt) ? whole.prompt : whole;
  if (!isFields(inner)) return NO_GRAPH;
  const ids = new Set(Object.keys(inner));
  const present = Object.entries(inner).flatMap(([id, node]) => (isFields(node) ? [readNode(id, node, ids)] : []));
  const there = new Set(present.map(({ id }) => id));
  const links = present.flatMap(({ inputs }) => inputs);
  const missing = new Set(links.map(({ from }) => from).filter((id) => !there.has(id)));
  return { nodes: [...present, ...[...missing].map(missingNode)], links };
}

const isNode = (fields: Fields) => "class_type" in fields;

function missingNode(id: string): GraphNode {
  return { id, title: "Missing node", className: "", values: [], inputs: [], isMissing: true };
}

function readNode(id: string, node: Fields, ids: ReadonlySet<string>): GraphNode {
  const className = wordOf(node.class_type) ?? "";
  const meta = isFields(node._meta) ? wordOf(node._meta.title) : null;
  const given = isFields(node.inputs) ? Object.entries(node.inputs) : [];
  const inputs: GraphLink[] = [];
  const values: GraphValue[] = [];
  for (const [name, value] of given) {
    const source = sourceOf(value, ids);
    if (source) inputs.push({ ...source, to: id, input: name, type: typeOf(name) });
    else values.push({ name, text: textOf(value) });
  }
  return { id, title: meta ?? (className || `Node ${id}`), className, values, inputs, isMissing: false };
}

const wordOf = (value: unknown) => (typeof value === "string" && value.trim() !== "" ? value : null);

/** `["4", 0]`: the first output of node 4. A pair of numbers is a link only where there is such a node. */
function sourceOf(value: unknown, ids: ReadonlySet<string>): Pick<GraphLink, "from" | "output"> | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [id, output] = value as [unknown, unknown];
  const place = Number(String(output));
  if (!Number.isInteger(place) || place < 0 || isText(output)) return null;
  const from = String(id);
  return isText(id) || ids.has(from) ? { from, output: place } : null;
}

const isText = (value: unknown) => typeof value === "string";

const LONGEST_TEXT = 20_000;

/** A value for people: texts as they are, all else as JSON. */
export function textOf(value: unknown): string {
  const text = typeof value === "string" ? value : jsonOf(value);
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

function jsonOf(value: unknown): string {
  if (value instanceof LosslessNumber) return value.value;
  if (Array.isArray(value)) return `[${value.map(quoted).join(", ")}]`;
  if (isFields(value))
    return `{${Object.entries(value)
      .map(([name, one]) => `${name}: ${quoted(one)}`)
      .join(", ")}}`;
  return String(value);
}

const quoted = (value: unknown) => (typeof value === "string" ? JSON.stringify(value) : jsonOf(value));

/** Found by any words of the title, class, id, or a value. */
export function soughtIn({ id, title, className, values }: GraphNode): string {
  return `${id} ${title} ${className} ${values.map(({ name, text }) => `${name} ${text.slice(0, 500)}`).join(" ")}`;
}
