import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { clsx } from "clsx";
import { memo } from "react";
import { MOST_ROWS } from "./layout";
import { EDGES, INKS, type Mark, sayingOf, toneOf } from "./marks";
import type { GraphNode } from "./read-graph";
import { colourOf } from "./types-of-links";

export interface CardData extends Record<string, unknown> {
  node: GraphNode;
  outputs: readonly { output: number; type: string | null }[];
  mark: Mark | null;
  isChosen: boolean;
  isFaint: boolean;
}

export type CardNode = Node<CardData, "card">;

const DOT = "size-2.5! min-h-0! min-w-0! border-0!";
const LONGEST_SHOWN = 120;

/** A node as the editor draws it: what comes in at the left, what goes out at the right, its values beneath. */
export const NodeCard = memo(function NodeCard({ data }: NodeProps<CardNode>) {
  const { node, outputs, mark, isChosen, isFaint } = data;
  const values = node.values.slice(0, Math.max(0, MOST_ROWS - node.inputs.length));
  const hidden = node.values.length - values.length;
  return (
    <div
      data-testid={`node-${node.id}`}
      className={clsx(
        "size-full cursor-pointer overflow-hidden rounded-md border-2 bg-raised text-left text-ink text-xs",
        isChosen ? "border-accent ring-3 ring-accent/40" : mark ? EDGES[toneOf(mark)] : "border-line",
        isFaint && "opacity-35",
        node.isMissing && "border-dashed border-bad",
      )}
    >
      <div className="border-line border-b bg-sunken px-2 py-1">
        <p className="truncate font-semibold">{node.title}</p>
        <p className={clsx("truncate text-[0.65rem]", mark ? INKS[toneOf(mark)] : "text-soft")}>
          {mark ? sayingOf(mark) : node.className}
        </p>
      </div>
      {node.inputs.map(({ input, type }) => (
        <div key={input} className="relative h-5 px-2 leading-5">
          <Handle
            id={input}
            type="target"
            position={Position.Left}
            className={clsx(DOT, "left-0! translate-x-0!")}
            style={{ background: colourOf(type) }}
          />
          <p className="ml-1.5 truncate">{input}</p>
        </div>
      ))}
      {values.map(({ name, text }) => (
        <p key={name} className="flex h-5 gap-2 px-2 leading-5">
          <span className="max-w-1/2 shrink-0 truncate text-soft">{name}</span>
          <span className="min-w-0 flex-1 truncate text-right">{text.slice(0, LONGEST_SHOWN)}</span>
        </p>
      ))}
      {hidden > 0 && <p className="h-5 px-2 text-soft leading-5">and {hidden} more</p>}
      {outputs.map(({ output, type }, at) => (
        <Handle
          key={output}
          id={String(output)}
          type="source"
          position={Position.Right}
          className={clsx(DOT, "right-0! translate-x-0!")}
          style={{ background: colourOf(type), top: 20 + 14 * at }}
        />
      ))}
    </div>
  );
});

export type GroupNode = Node<{ title: string }, "frame">;

/** A frame that the author has drawn around some nodes. */
export function GroupFrame({ data }: NodeProps<GroupNode>) {
  return (
    <div className="size-full rounded-lg border border-control border-dashed bg-sunken/50 px-2 py-1 text-soft text-sm">
      {data.title}
    </div>
  );
}
