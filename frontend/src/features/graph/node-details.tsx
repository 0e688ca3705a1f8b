import { X } from "lucide-react";
import { IconButton } from "@/ui/button";
import { LongText } from "./long-text";
import { INKS, type Marks, sayingOf, toneOf } from "./marks";
import type { Graph, GraphNode } from "./read-graph";

interface NodeProps {
  graph: Graph;
  node: GraphNode;
  marks: Marks;
  onChoose: (id: string) => void;
}

/** All of one node, beside the graph. */
export function NodeDetails({ onClose, ...props }: NodeProps & { onClose: () => void }) {
  return (
    <aside
      aria-label="The chosen node"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach that.
      tabIndex={0}
      className="relative w-72 shrink-0 overflow-y-auto border-line border-l p-3 -outline-offset-2 max-md:max-h-[45%] max-md:w-full max-md:border-t max-md:border-l-0"
    >
      <IconButton label="Close the node" onClick={onClose} className="absolute top-1 right-1">
        <X size={16} aria-hidden />
      </IconButton>
      <div aria-live="polite" className="pr-8">
        <NodeName {...props} />
      </div>
      <NodeContents {...props} />
    </aside>
  );
}

/** What it is called, its class and number, and what is to be said of it. */
export function NodeName({ node, marks }: Pick<NodeProps, "node" | "marks">) {
  const mark = marks[node.id];
  return (
    <>
      <p className="break-words font-semibold text-sm">{node.title}</p>
      <p className="break-words text-soft text-xs">
        {node.className !== "" && `${node.className} · `}node {node.id}
      </p>
      {mark && <p className={`break-words font-medium text-xs ${INKS[toneOf(mark)]}`}>{sayingOf(mark)}</p>}
    </>
  );
}

/** Its values and links; each link leads to the node at its other end. */
export function NodeContents({ graph, node, onChoose }: NodeProps) {
  const titles = new Map(graph.nodes.map(({ id, title }) => [id, title]));
  const takers = graph.links.filter(({ from }) => from === node.id);
  const nameOf = (id: string) => titles.get(id) ?? `Node ${id}`;
  return (
    <div className="mt-2 flex flex-col gap-2 text-xs">
      {node.isMissing && <p className="text-bad">Others take something from this node, but it is not there.</p>}
      {node.values.length > 0 && (
        <dl className="flex flex-col gap-1">
          {node.values.map(({ name, text }) => (
            <div key={name} className="flex flex-wrap gap-x-2">
              <dt className="break-all text-soft">{name}</dt>
              <dd className="min-w-0 whitespace-pre-wrap break-words font-mono">
                <LongText text={text} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {node.inputs.length > 0 && (
        <ul aria-label="Takes" className="flex flex-col">
          {node.inputs.map(({ input, from, type }) => (
            <li key={input} className="flex flex-wrap items-center gap-x-1">
              <span className="text-soft">{input} ←</span>
              <NodeLink name={nameOf(from)} onChoose={() => onChoose(from)} />
              {type && <span className="text-soft">({type})</span>}
            </li>
          ))}
        </ul>
      )}
      {takers.length > 0 && (
        <ul aria-label="Goes to" className="flex flex-col">
          {takers.map(({ to, input, output }) => (
            <li key={`${to} ${input}`} className="flex flex-wrap items-center gap-x-1">
              <span className="text-soft">output {output} →</span>
              <NodeLink name={nameOf(to)} onChoose={() => onChoose(to)} />
              <span className="text-soft">({input})</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function NodeLink({ name, onChoose }: { name: string; onChoose: () => void }) {
  return (
    <button
      type="button"
      onClick={onChoose}
      className="min-h-9 min-w-0 break-words rounded px-1 text-left font-medium text-accent hover:underline"
    >
      {name}
    </button>
  );
}
