import { useParams } from "react-router";
import { BatchList } from "@/features/batches/batch-list";
import { OpenedBatch } from "@/features/batches/opened-batch";

export default function BatchesPage() {
  const { batchId } = useParams<{ batchId: string }>();
  return batchId === undefined ? <BatchList /> : <OpenedBatch key={batchId} batchId={batchId} />;
}
