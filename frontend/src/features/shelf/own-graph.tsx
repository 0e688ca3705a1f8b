import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Workflow } from "@/api/types";
import { GraphView } from "@/features/graph/graph-view";
import type { Marks } from "@/features/graph/marks";
import { originalOptions } from "@/features/workflows/export";

/** The graph with what ComfyUI does not know in it marked. */
export function OwnGraph({ workflow }: { workflow: Workflow }) {
  const { data: original } = useQuery(originalOptions(workflow));
  const marks = useMemo(() => marksOf(workflow.warnings), [workflow.warnings]);
  return (
    <GraphView workflow={workflow.workflow_json} original={original ?? null} marks={marks} className="h-[70dvh]" />
  );
}

const marksOf = (warnings: Workflow["warnings"]): Marks =>
  Object.fromEntries(
    warnings.flatMap(({ node_id, message }) => (node_id === null ? [] : [[node_id, { tone: "warn", text: message }]])),
  );
