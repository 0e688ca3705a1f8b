import { useParams } from "react-router";
import { OpenedWorkflow } from "@/features/shelf/opened";
import { WorkflowShelf } from "@/features/shelf/shelf";

export default function WorkflowsPage() {
  const { workflowId } = useParams<{ workflowId: string }>();
  return workflowId === undefined ? <WorkflowShelf /> : <OpenedWorkflow key={workflowId} workflowId={workflowId} />;
}
