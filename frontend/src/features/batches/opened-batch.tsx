import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { ApiFailure } from "@/api/failure";
import type { Workflow } from "@/api/types";
import { useMay } from "@/features/auth/me";
import { MayWrite } from "@/features/generations/cards/action-button";
import { sessionsOptions } from "@/features/sessions/queries";
import { workflowOptions } from "@/features/workflows/queries";
import { BackLink } from "@/ui/back-link";
import { Empty, Failed } from "@/ui/notice";
import { Page } from "@/ui/page";
import { RelativeTime } from "@/ui/relative-time";
import { SkeletonList } from "@/ui/skeleton";
import { BatchActions } from "./batch-actions";
import { BatchGrid } from "./batch-grid";
import type { Cells } from "./cells";
import { titleOf } from "./naming";
import { BatchProgressBar, countsOf } from "./progress";
import { type Batch, batchOptions } from "./queries";
import { useCells } from "./use-cells";

/** One batch: how far it is, what can be done with it, and its pictures as a grid. */
export function OpenedBatch({ batchId }: { batchId: string }) {
  const { data: batch, error, refetch } = useQuery(batchOptions(batchId));
  const isGone = error instanceof ApiFailure && [404, 422].includes(error.status);
  if (batch && !isGone) return <Opened batch={batch} />;
  return (
    <Page title="Batch" actions={<BackLink to="/batches">All batches</BackLink>}>
      {!error && <SkeletonList rows={4} className="h-24" />}
      {isGone && <Empty title="This batch is not there" sentence="It was deleted, or its address is mistyped." />}
      {error && !isGone && <Failed what="The batch could not be read" error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

function Opened({ batch }: { batch: Batch }) {
  const cells = useCells(batch.id, batch.done);
  const mayWrite = useMay("write");
  const session = useQuery(sessionsOptions).data?.find(({ id }) => id === batch.session_id);
  const parameters = useParameters(batch, cells.data);
  return (
    <Page
      title={titleOf(batch, parameters)}
      wide
      aside={<RelativeTime at={batch.created_at} />}
      actions={
        <>
          <BackLink to="/batches">All batches</BackLink>
          <BatchActions batch={batch} />
        </>
      }
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        <BatchProgressBar batch={batch} className="min-w-40 flex-1" />
        <span className="tabular-nums">{countsOf(batch)}</span>
        {session && (
          <Link to={`/comfyui/${session.id}`} className="max-w-60 truncate text-accent underline">
            {session.title}
          </Link>
        )}
        <Link to={`/library?batch_id=${batch.id}&favorite=true`} className="text-accent underline">
          Its favorites
        </Link>
      </div>
      {!cells.data && cells.error && (
        <Failed what="The pictures could not be read" error={cells.error} onRetry={() => void cells.refetch()} />
      )}
      {!cells.data && !cells.error && <SkeletonList rows={3} className="h-32" />}
      {cells.data && (
        <MayWrite value={mayWrite}>
          <BatchGrid batch={batch} cells={cells.data} parameters={parameters} />
        </MayWrite>
      )}
    </Page>
  );
}

const NO_PARAMETERS: Workflow["extracted_parameters"] = [];

/** What its workflow calls the inputs of nodes; the workflow itself may be gone. */
function useParameters({ axes }: Batch, cells: Cells | undefined) {
  const [first] = cells?.values() ?? [];
  const workflowId = first?.workflow_id ?? null;
  const enabled = workflowId !== null && axes.some(({ parameter }) => parameter.includes("."));
  return useQuery({ ...workflowOptions(workflowId ?? "", null), enabled }).data?.extracted_parameters ?? NO_PARAMETERS;
}
