import { useQuery } from "@tanstack/react-query";
import { Star } from "lucide-react";
import { ApiFailure } from "@/api/failure";
import type { Workflow } from "@/api/types";
import { WorkflowCheck } from "@/features/workflows/check/workflow-check";
import { workflowOptions } from "@/features/workflows/queries";
import { Versions } from "@/features/workflows/versions/versions";
import { BackLink } from "@/ui/back-link";
import { Empty, Failed } from "@/ui/notice";
import { Page } from "@/ui/page";
import { useParam } from "@/ui/param";
import { SkeletonList } from "@/ui/skeleton";
import { About } from "./about";
import { OpenedActions } from "./opened-actions";
import { OwnGraph } from "./own-graph";
import { ParametersByNode } from "./parameters-by-node";

const PARTS = ["graph", "parameters", "check", "versions"] as const;
type Part = (typeof PARTS)[number];
const LABELS: Record<Part, string> = { graph: "Graph", parameters: "Parameters", check: "Check", versions: "Versions" };

/** One workflow: its graph, what can be set in it, and how it came to be as it is. */
export function OpenedWorkflow({ workflowId }: { workflowId: string }) {
  const { data, error, refetch } = useQuery(workflowOptions(workflowId, null));
  if (!data && error) {
    const isMissing = error instanceof ApiFailure && [404, 422].includes(error.status);
    return (
      <Page title="Workflow" actions={<BackLink to="/workflows">All workflows</BackLink>}>
        {isMissing ? (
          <Empty title="This workflow is not there" sentence="It was deleted, or its address is mistyped." />
        ) : (
          <Failed what="The workflow could not be read" error={error} onRetry={() => void refetch()} />
        )}
      </Page>
    );
  }
  if (!data) {
    return (
      <Page title="Workflow" actions={<BackLink to="/workflows">All workflows</BackLink>}>
        <SkeletonList rows={4} className="h-24" />
      </Page>
    );
  }
  return <Opened workflow={data} />;
}

function Opened({ workflow }: { workflow: Workflow }) {
  const [show, setShow] = useParam("show");
  const part = PARTS.find((one) => one === show) ?? "graph";
  return (
    <Page
      title={workflow.name}
      wide
      aside={
        workflow.is_default && (
          <span className="flex items-center gap-1">
            <Star size={14} aria-hidden className="fill-current text-warn" />
            Default
          </span>
        )
      }
      actions={
        <>
          <BackLink to="/workflows">All workflows</BackLink>
          <OpenedActions workflow={workflow} />
        </>
      }
    >
      <About workflow={workflow} />
      <nav aria-label="Parts of the workflow" className="flex gap-1 overflow-x-auto border-line border-b">
        {PARTS.map((one) => (
          <button
            key={one}
            type="button"
            aria-current={one === part ? "true" : undefined}
            onClick={() => setShow(one === "graph" ? "" : one)}
            className={`min-h-10 whitespace-nowrap border-b-2 px-3 text-sm -outline-offset-2 ${one === part ? "border-accent font-semibold" : "border-transparent text-soft hover:bg-hover"}`}
          >
            {LABELS[one]}
          </button>
        ))}
      </nav>
      {part === "graph" && <OwnGraph workflow={workflow} />}
      {part === "parameters" && <ParametersByNode workflow={workflow} />}
      {part === "check" && <WorkflowCheck workflow={workflow} />}
      {part === "versions" && <Versions workflow={workflow} />}
    </Page>
  );
}
