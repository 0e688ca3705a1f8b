import { clsx } from "clsx";
import { useEffect, useRef } from "react";
import { EDGES, type Marks, toneOf } from "./marks";
import { NodeContents, NodeName } from "./node-details";
import type { Graph, GraphNode } from "./read-graph";

interface NodeListProps {
  graph: Graph;
  nodes: readonly GraphNode[];
  marks: Marks;
  chosen: GraphNode | null;
  onChoose: (id: string) => void;
}

/** The same as the picture tells, for those who read it, or hold it in one hand. */
export function NodeList({ graph, nodes, marks, chosen, onChoose }: NodeListProps) {
  const box = useRef<HTMLDivElement>(null);
  const chosenId = chosen?.id ?? null;
  useEffect(() => {
    if (chosenId === null) return;
    const row = box.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(chosenId)}"]`);
    row?.scrollIntoView({ block: "nearest" });
  }, [chosenId]);
  const choose = (id: string) => {
    onChoose(id);
    box.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`)?.focus();
  };
  return (
    <section
      ref={box}
      aria-label="Nodes"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach that.
      tabIndex={0}
      className="min-h-0 flex-1 overflow-y-auto p-2 -outline-offset-2"
    >
      {nodes.length === 0 && <p className="p-4 text-center text-soft text-sm">No node has that in it.</p>}
      <ul aria-label="Nodes" className="grid grid-cols-[repeat(auto-fill,minmax(min(20rem,100%),1fr))] gap-2">
        {nodes.map((node) => {
          const mark = marks[node.id];
          return (
            <li
              key={node.id}
              data-node={node.id}
              tabIndex={-1}
              aria-current={node.id === chosenId || undefined}
              className={clsx(
                "min-w-0 rounded-md border p-2 [contain-intrinsic-size:auto_9rem] [content-visibility:auto]",
                mark ? EDGES[toneOf(mark)] : "border-line",
                node.id === chosenId && "bg-hover",
              )}
            >
              <NodeName node={node} marks={marks} />
              <NodeContents graph={graph} node={node} marks={marks} onChoose={choose} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
