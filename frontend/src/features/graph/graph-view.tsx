import { clsx } from "clsx";
import { lazy, Suspense, useMemo, useState } from "react";
import { counted } from "@/ui/amounts";
import { useIsPhone } from "@/ui/phone";
import { matching } from "@/ui/search";
import { SkeletonList } from "@/ui/skeleton";
import { GraphBar, type Look } from "./graph-bar";
import type { Marks } from "./marks";
import { NodeDetails } from "./node-details";
import { NodeList } from "./node-list";
import { type GraphNode, readGraph, soughtIn } from "./read-graph";

const Canvas = lazy(() => import("./canvas"));

interface GraphViewProps {
  /** In API format, as text or parsed. */
  workflow: unknown;
  /** The editor's, where it is known: its positions and groups are taken. */
  original?: unknown;
  marks?: Marks;
  /** The node that is shown; without it the view keeps that itself. */
  chosenId?: string | null;
  onChoose?: (id: string | null) => void;
  className?: string;
}

const NO_MARKS: Marks = {};

/** A workflow to look at: as a picture of its nodes and links, or as a list of them. */
export function GraphView({ workflow, original = null, marks = NO_MARKS, className, ...choice }: GraphViewProps) {
  const isPhone = useIsPhone();
  const [wanted, setLook] = useState<Look | null>(null);
  const [sought, setSought] = useState("");
  const [own, setOwn] = useState<string | null>(null);
  const graph = useMemo(() => readGraph(workflow), [workflow]);
  const found = useMemo(() => matching(graph.nodes, sought, soughtIn), [graph, sought]);
  const look = wanted ?? (isPhone ? "list" : "graph");
  const chosenId = choice.chosenId === undefined ? own : choice.chosenId;
  const chosen = graph.nodes.find(({ id }) => id === chosenId) ?? null;
  const choose = (id: string | null) => {
    setOwn(id);
    choice.onChoose?.(id);
  };
  if (graph.nodes.length === 0) return <p className="text-soft text-sm">There are no nodes in this workflow.</p>;
  const isSought = sought.trim() !== "";
  const goOn = () => choose(nextOf(found, chosenId));
  const shared = { graph, marks, chosen, onChoose: choose };
  return (
    <section
      aria-label="Graph of the workflow"
      className={clsx("flex min-h-80 flex-col overflow-hidden rounded-lg border border-line bg-raised", className)}
    >
      <GraphBar
        look={look}
        onLook={setLook}
        sought={sought}
        onSeek={setSought}
        onNext={goOn}
        told={counted(found.length, "node")}
      />
      {look === "list" ? (
        <NodeList {...shared} nodes={found} />
      ) : (
        <div className="flex min-h-0 flex-1 max-md:flex-col">
          <Suspense fallback={<SkeletonList rows={3} className="m-4 h-16" />}>
            <Canvas {...shared} original={original} found={isSought ? found : null} />
          </Suspense>
          {chosen && <NodeDetails {...shared} node={chosen} onClose={() => choose(null)} />}
        </div>
      )}
    </section>
  );
}

function nextOf(found: readonly GraphNode[], chosenId: string | null): string | null {
  const at = found.findIndex(({ id }) => id === chosenId);
  return found[(at + 1) % Math.max(1, found.length)]?.id ?? null;
}
