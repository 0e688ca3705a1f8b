import type { Edge } from "@xyflow/react";
import type { Marks } from "./marks";
import type { CardNode, GroupNode } from "./node-card";
import type { OriginalPlaces } from "./original-places";
import type { Graph, GraphNode } from "./read-graph";
import { colourOf } from "./types-of-links";

export type FlowNode = CardNode | GroupNode;

interface Shown {
  marks: Marks;
  chosenId: string | null;
  /** Those that are sought; the others are faint. Null: nobody seeks. */
  found: readonly GraphNode[] | null;
}

export function flowNodes(graph: Graph, { places, groups }: OriginalPlaces, shown: Shown): FlowNode[] {
  const sought = shown.found && new Set(shown.found.map(({ id }) => id));
  const outputs = outputsOf(graph);
  const frames = groups.map(
    ({ title, x, y, width, height }, at): GroupNode => ({
      id: `group ${at}`,
      type: "frame",
      position: { x, y },
      width,
      height,
      zIndex: -1,
      data: { title },
    }),
  );
  const cards = graph.nodes.map((node): CardNode => {
    const { x = 0, y = 0, width = 240, height = 80 } = places.get(node.id) ?? {};
    const data = {
      node,
      outputs: outputs.get(node.id) ?? [],
      mark: shown.marks[node.id] ?? null,
      isChosen: node.id === shown.chosenId,
      isFaint: sought !== null && !sought.has(node.id),
    };
    return { id: node.id, type: "card", position: { x, y }, width, height, data };
  });
  return [...frames, ...cards];
}

/** The outputs that somebody takes, in their order, each with the type of what it gives. */
function outputsOf({ links }: Graph) {
  const all = new Map<string, Map<number, string | null>>();
  for (const { from, output, type } of links) {
    const own = all.get(from) ?? new Map<number, string | null>();
    own.set(output, own.get(output) ?? type);
    all.set(from, own);
  }
  return new Map(
    [...all].map(([id, own]) => [
      id,
      [...own].sort(([one], [other]) => one - other).map(([output, type]) => ({ output, type })),
    ]),
  );
}

export function flowEdges({ links }: Graph, chosenId: string | null): Edge[] {
  return links.map(({ from, output, to, input, type }) => {
    const isNear = from === chosenId || to === chosenId;
    return {
      id: `${to} ${input}`,
      source: from,
      sourceHandle: String(output),
      target: to,
      targetHandle: input,
      style: { stroke: colourOf(type), strokeWidth: isNear ? 4 : 2, opacity: chosenId === null || isNear ? 1 : 0.45 },
    };
  });
}
