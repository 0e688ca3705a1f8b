import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type CheckResult = Schemas["CheckOut"];
export type Problem = Schemas["ProblemOut"];

/** What is at fault with one node, or, without a node, with the graph and the request as wholes. */
export interface NodeProblems {
  key: string;
  nodeId: string | null;
  name: string;
  classType: string | null;
  problems: Problem[];
}

export interface SortedProblems {
  errors: NodeProblems[];
  warnings: NodeProblems[];
  errorCount: number;
  warningCount: number;
}

/** Errors and warnings apart, each by node in the order in which they were told. */
export function sorted(problems: readonly Problem[]): SortedProblems {
  const errors = problems.filter(({ severity }) => severity === "error");
  const warnings = problems.filter((one) => one.severity === "warning" && !isToldBy(one, errors));
  return {
    errors: byNode(errors),
    warnings: byNode(warnings),
    errorCount: errors.length,
    warningCount: warnings.length,
  };
}

/** A remark on the whole request about a value whose own place is told to be wrong. */
const isToldBy = ({ node_id, input, message }: Problem, errors: readonly Problem[]) =>
  node_id === null && input === null && errors.some(({ value }) => value !== null && message.includes(`'${value}'`));

function byNode(problems: readonly Problem[]): NodeProblems[] {
  const nodes = new Map<string, NodeProblems>();
  for (const problem of problems) {
    const { node_id, title, class_type } = problem;
    const key = node_id ?? "";
    const name = node_id === null ? "The whole workflow" : (title ?? class_type ?? `Node ${node_id}`);
    const classType = class_type === name ? null : class_type;
    const node = nodes.get(key) ?? { key, nodeId: node_id, name, classType, problems: [] };
    node.problems.push(problem);
    nodes.set(key, node);
  }
  return [...nodes.values()];
}

const counted = (count: number, one: string) => `${count} ${count === 1 ? one : `${one}s`}`;

/** "2 problems, 1 warning"; empty where there are none. */
export function countsOf({ errorCount, warningCount }: SortedProblems): string {
  const parts = [
    errorCount > 0 && counted(errorCount, "problem"),
    warningCount > 0 && counted(warningCount, "warning"),
  ];
  return parts.filter(Boolean).join(", ");
}

/** What to choose from instead: what is nearest, then the rest. */
export function insteadOf({ nearest, choices }: Problem): { near: string[]; others: string[] } {
  return { near: nearest, others: choices.filter((choice) => !nearest.includes(choice)) };
}

/** The name by which a request sets what is at fault; null where nothing can be set. */
export function placeOf({ node_id, input, code }: Problem): string | null {
  if (input === null) return null;
  if (node_id !== null) return `${node_id}.${input}`;
  return code === "parameter" ? input : null;
}

type ImportWarning = Schemas["WorkflowOut"]["warnings"][number];

/** What an import could not do as it is, told as a check tells it. */
export const asProblems = (warnings: readonly ImportWarning[]): Problem[] =>
  warnings.map(({ node_id, class_type, message }) => ({
    severity: "warning",
    node_id,
    title: null,
    class_type,
    input: null,
    code: "unknown_node",
    message,
    value: null,
    choices: [],
    nearest: [],
  }));
