import { useState } from "react";
import type { Workflow } from "@/api/types";
import type { Extracted } from "@/features/generations/form/parameters";
import { matching, SearchField } from "@/ui/search";
import { Cell, Row, Table } from "@/ui/table";

const FEW = 12;

/** All that can be set, with what stands there now, node by node. */
export function ParametersByNode({ workflow }: { workflow: Workflow }) {
  const all = workflow.extracted_parameters;
  const [sought, setSought] = useState("");
  const found = matching(all, sought, ({ title, label, field, nodeId }) => `${title} ${label} ${field} ${nodeId}`);
  if (all.length === 0) return <p className="text-soft text-sm">Nothing can be set in this workflow.</p>;
  return (
    <div className="flex flex-col gap-4">
      {all.length > FEW && (
        <SearchField
          label="Search parameters"
          placeholder="Search by node or name"
          value={sought}
          onChange={setSought}
          className="max-w-md"
        />
      )}
      {found.length === 0 && <p className="text-soft text-sm">No parameter has that in its name.</p>}
      {byNode(found).map(({ nodeId, title, parameters }) => (
        <section key={nodeId}>
          <h2 className="mb-1 font-semibold text-sm">
            {title} <span className="font-normal text-soft">node {nodeId}</span>
          </h2>
          <Table label={`${title}, node ${nodeId}`} head={["Parameter", "Value", "May be", "In requests"]}>
            {parameters.map((parameter) => (
              <ParameterLine key={parameter.field} parameter={parameter} defaults={workflow.default_parameters} />
            ))}
          </Table>
        </section>
      ))}
    </div>
  );
}

function ParameterLine({ parameter, defaults }: { parameter: Extracted; defaults: Workflow["default_parameters"] }) {
  const { label, nodeId, field, standard, tooltip } = parameter;
  const names = [`${nodeId}.${field}`, ...(standard === null ? [] : [standard])];
  const changed = names.map((name) => defaults[name]).find((value) => value !== undefined && value !== null);
  return (
    <Row>
      <Cell className="font-medium" {...(tooltip ? { title: tooltip } : {})}>
        {label}
      </Cell>
      <Cell className="min-w-48 max-w-xl whitespace-pre-wrap break-words">
        <span className="line-clamp-4">{String(changed ?? parameter.value)}</span>
        {changed !== undefined && (
          <span className="text-accent text-xs">
            default, instead of the graph’s {String(parameter.value).slice(0, 60)}
          </span>
        )}
      </Cell>
      <Cell className="text-soft">{rangeOf(parameter)}</Cell>
      <Cell className="font-mono text-xs">{names.join(", ")}</Cell>
    </Row>
  );
}

const KINDS: Partial<Record<Extracted["kind"], string>> = {
  integer: "A whole number",
  float: "A number",
  seed: "A seed",
  boolean: "Yes or no",
  model: "A model",
  choice: "A choice",
  image: "A picture",
  audio: "A sound",
  video: "A video",
  file: "A file",
};

function rangeOf({ kind, min, max, options }: Extracted): string {
  const what = KINDS[kind] ?? "A text";
  if (kind === "seed") return what;
  if (options && options.length > 0) return `${what} of ${options.length}`;
  if (min === undefined || max === undefined) return what;
  return `${what}, ${min} to ${max}`;
}

interface NodeParameters {
  nodeId: string;
  title: string;
  parameters: Extracted[];
}

function byNode(parameters: readonly Extracted[]): NodeParameters[] {
  const nodes = new Map<string, NodeParameters>();
  for (const parameter of parameters) {
    const { nodeId, title } = parameter;
    const node = nodes.get(nodeId) ?? { nodeId, title, parameters: [] };
    node.parameters.push(parameter);
    nodes.set(nodeId, node);
  }
  return [...nodes.values()];
}
