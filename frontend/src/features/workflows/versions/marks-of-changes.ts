import type { components } from "@/api/schema";
import type { Marks } from "@/features/graph/marks";
import { textOf } from "@/features/graph/read-graph";

type Schemas = components["schemas"];
export type Changes = Schemas["NodeChanges"];
export type InputChange = Schemas["InputChange"];

const LONGEST_MARK = 120;

/** What is new or different in the later graph, for its nodes; what has gone has no place there. */
export function marksOf({ added, changed }: Changes): Marks {
  return Object.fromEntries([
    ...added.map(({ node_id }) => [node_id, { tone: "good", text: "New" }] as const),
    ...changed.map((node) => [node.node_id, { tone: "warn", text: shortOf(node) }] as const),
  ]);
}

function shortOf({ inputs, links }: Changes["changed"][number]): string {
  const texts = [...inputs, ...links].map((change) => `${change.name} ${turnOf(change)}`);
  const text = texts.join(", ") || "Another name or class";
  return text.length > LONGEST_MARK ? `${text.slice(0, LONGEST_MARK)}…` : text;
}

/** "20 → 30", or that it has come or gone. */
export function turnOf({ is_new, is_gone, before, after }: InputChange): string {
  if (is_new) return `new: ${textOf(after)}`;
  if (is_gone) return `gone: ${textOf(before)}`;
  return `${textOf(before)} → ${textOf(after)}`;
}
