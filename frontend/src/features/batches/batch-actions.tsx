import { Ban, Pause, Play, Trash2 } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useMay } from "@/features/auth/me";
import { ExportButton } from "@/features/library/export-button";
import { Button } from "@/ui/button";
import { forgetUnseen, tellGone, useChange } from "@/ui/change";
import { Confirm } from "@/ui/confirm";
import { focusNextPage } from "@/ui/focus-beside";
import { cancelBatch, deleteBatch, holdBatch, releaseBatch, restoreBatch } from "./changes";
import { titleOf } from "./naming";
import { ALL, type Batch } from "./queries";

/** What can be done with all of a batch. */
export function BatchActions({ batch }: { batch: Batch }) {
  const mayWrite = useMay("write");
  const isWaiting = batch.pending > batch.held;
  return (
    <>
      {batch.completed > 0 && <ExportButton of={{ kind: "batch", id: batch.id }} name={titleOf(batch)} />}
      {mayWrite && isWaiting && <Hold batch={batch} />}
      {mayWrite && batch.held > 0 && <Release batch={batch} />}
      {mayWrite && !batch.done && <CancelAll batch={batch} />}
      {mayWrite && <Delete batch={batch} />}
    </>
  );
}

const stale = [ALL, ["batch-cells"]];

function Hold({ batch }: { batch: Batch }) {
  const holding = useChange({ ask: () => holdBatch(batch.id), stale, refusal: "It is not on hold." });
  return (
    <Button
      title="What waits is not begun until you release it"
      busy={holding.isPending}
      onClick={() => holding.mutate()}
    >
      <Pause size={16} aria-hidden />
      Hold
    </Button>
  );
}

function Release({ batch }: { batch: Batch }) {
  const releasing = useChange({ ask: () => releaseBatch(batch.id), stale, refusal: "It is still on hold." });
  return (
    <Button busy={releasing.isPending} onClick={() => releasing.mutate()}>
      <Play size={16} aria-hidden />
      Release {batch.held}
    </Button>
  );
}

function CancelAll({ batch }: { batch: Batch }) {
  const [isAsking, setAsking] = useState(false);
  const left = batch.pending + batch.running;
  const cancelling = useChange({
    ask: () => cancelBatch(batch.id),
    stale,
    onDone: () => setAsking(false),
  });
  return (
    <>
      <Button onClick={() => setAsking(true)}>
        <Ban size={16} aria-hidden />
        Cancel all
      </Button>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={left === 1 ? "Cancel the last one?" : `Cancel all ${left}?`}
        sentence="What waits is not begun, and what runs is ended. Pictures that are made already stay."
        verb="Cancel all"
        busy={cancelling.isPending}
        error={cancelling.error}
        onConfirm={() => cancelling.mutate()}
      />
    </>
  );
}

function Delete({ batch }: { batch: Batch }) {
  const navigate = useNavigate();
  const deleting = useChange({
    ask: () => deleteBatch(batch.id),
    stale: [[...ALL, "list"]],
    refusal: "The batch is not deleted.",
    onDone: () => {
      forgetUnseen([...ALL, "list"]);
      focusNextPage();
      navigate("/batches");
      tellGone(`“${titleOf(batch)}”`, stale, () => restoreBatch(batch.id));
    },
  });
  return (
    <Button
      title="With all its pictures; they can be brought back for 7 days"
      busy={deleting.isPending}
      onClick={() => deleting.mutate()}
    >
      <Trash2 size={16} aria-hidden />
      Delete
    </Button>
  );
}
