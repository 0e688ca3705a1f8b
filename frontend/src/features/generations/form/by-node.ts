import type { Shown } from "./parameters";

export interface NodeShown {
  nodeId: string;
  title: string;
  /** Null where its title says it already, or nobody knows it. */
  classType: string | null;
  /** False where this ComfyUI does not have the class. */
  isKnown: boolean;
  rows: Shown[];
}

/** Parameters by node, the nodes in the order in which they first come. */
export function byNode(shown: readonly Shown[], classes: ReadonlyMap<string, string>): NodeShown[] {
  const nodes = new Map<string, NodeShown>();
  for (const one of shown) {
    const { nodeId, title, known } = one.extracted;
    const classType = classes.get(nodeId) ?? null;
    const isTitled = classType === null || classType === title;
    const start = { nodeId, title, classType: isTitled ? null : classType, isKnown: true, rows: [] };
    const node: NodeShown = nodes.get(nodeId) ?? start;
    node.rows.push(one);
    node.isKnown &&= known !== false;
    nodes.set(nodeId, node);
  }
  return [...nodes.values()];
}

/** The class of each node of a graph in API format; none of what is no graph. */
export function classesOf(workflowJson: string): ReadonlyMap<string, string> {
  let graph: unknown;
  try {
    graph = JSON.parse(workflowJson);
  } catch {
    graph = null;
  }
  const nodes = typeof graph === "object" && graph !== null ? Object.entries(graph) : [];
  return new Map(
    nodes.flatMap(([id, node]: [string, { class_type?: unknown } | null]) =>
      typeof node?.class_type === "string" ? [[id, node.class_type] as const] : [],
    ),
  );
}
