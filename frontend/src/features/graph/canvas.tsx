import { Background, Controls, MiniMap, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { type KeyboardEvent, useEffect, useEffectEvent, useMemo, useState } from "react";
import "@xyflow/react/dist/style.css";
import { type FlowNode, flowEdges, flowNodes } from "./flow";
import { type Direction, neighbour, placesOf } from "./layout";
import type { Marks } from "./marks";
import { GroupFrame, NodeCard } from "./node-card";
import type { Graph, GraphNode } from "./read-graph";

interface CanvasProps {
  graph: Graph;
  original: unknown;
  marks: Marks;
  chosen: GraphNode | null;
  found: readonly GraphNode[] | null;
  onChoose: (id: string | null) => void;
}

const NODE_TYPES = { card: NodeCard, frame: GroupFrame };
const MAP_FROM = 25;
const NEAR_ZOOM = 0.75;
const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};
const COLOURS =
  "[&_.react-flow__attribution]:bg-raised/80! [&_.react-flow__attribution_a]:text-soft! [&_.react-flow__controls-button]:size-9! [&_.react-flow__controls-button]:border-line! [&_.react-flow__controls-button]:bg-raised! [&_.react-flow__controls-button]:fill-ink! [&_.react-flow__minimap]:bg-sunken!";

/** The picture of a graph: moved by dragging or arrow keys, zoomed by the wheel while it has the focus, or by buttons. */
export default function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

function Drawing({ graph, original, marks, chosen, found, onChoose }: CanvasProps) {
  const flow = useReactFlow<FlowNode>();
  const [isActive, setActive] = useState(false);
  const chosenId = chosen?.id ?? null;
  const plan = useMemo(() => placesOf(graph, original), [graph, original]);
  const nodes = useMemo(
    () => flowNodes(graph, plan, { marks, chosenId, found }),
    [graph, plan, marks, chosenId, found],
  );
  const edges = useMemo(() => flowEdges(graph, chosenId), [graph, chosenId]);

  const show = useEffectEvent((id: string) => {
    const place = plan.places.get(id);
    if (!place) return;
    const zoom = Math.max(flow.getZoom(), NEAR_ZOOM);
    void flow.setCenter(place.x + place.width / 2, place.y + place.height / 2, { zoom, duration: moveMs() });
  });
  useEffect(() => {
    if (chosenId !== null) show(chosenId);
  }, [chosenId]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = ARROWS[event.key];
    const step = () =>
      onChoose((chosenId && way && neighbour(plan.places, chosenId, way)) ?? graph.nodes[0]?.id ?? null);
    const acts: Readonly<Record<string, () => unknown>> = {
      "+": () => flow.zoomIn(),
      "=": () => flow.zoomIn(),
      "-": () => flow.zoomOut(),
      "0": () => flow.fitView(),
    };
    const act = way ? step : acts[event.key];
    if (!act) return;
    event.preventDefault();
    void act();
  };

  return (
    <div className={`relative min-h-0 min-w-0 flex-1 ${COLOURS}`}>
      <ReactFlow<FlowNode>
        aria-label="Graph. Arrow keys go from node to node, plus and minus zoom, 0 shows all. The list tells the same in words."
        tabIndex={0}
        onKeyDown={onKeyDown}
        onFocus={() => setActive(true)}
        onBlur={() => setActive(false)}
        className="-outline-offset-2!"
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        fitView
        minZoom={0.02}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        zoomOnScroll={isActive}
        preventScrolling={isActive}
        zoomOnDoubleClick={false}
        onNodeClick={(_, { id, type }) => type === "card" && onChoose(id)}
        onPaneClick={() => onChoose(null)}
      >
        <Background color="var(--line)" />
        <Controls showInteractive={false} />
        {graph.nodes.length > MAP_FROM && (
          <MiniMap
            pannable
            zoomable
            nodeColor="var(--control)"
            maskColor="color-mix(in oklab, var(--page) 60%, transparent)"
          />
        )}
      </ReactFlow>
    </div>
  );
}

const moveMs = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 250);
