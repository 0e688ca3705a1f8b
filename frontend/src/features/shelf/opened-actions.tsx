import { Download, Ellipsis, Play } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { Workflow } from "@/api/types";
import { useMay } from "@/features/auth/me";
import { createSession } from "@/features/sessions/changes";
import { type Asking, actAtOnce, type WorkflowAct, WorkflowQuestion } from "@/features/workflows/actions";
import { downloadWorkflow } from "@/features/workflows/export";
import { workflowItems } from "@/features/workflows/items";
import { Button, IconButton } from "@/ui/button";
import { useChange } from "@/ui/change";
import { focusNextPage } from "@/ui/focus-beside";
import { Menu } from "@/ui/menu";

/** What can be done with the workflow that is open. */
export function OpenedActions({ workflow }: { workflow: Workflow }) {
  const mayWrite = useMay("write");
  const navigate = useNavigate();
  const [asked, ask] = useState<Asking | null>(null);
  const starting = useChange({
    ask: () => createSession({ title: workflow.name, workflow_id: workflow.id }),
    stale: [],
    refusal: "No session could be started.",
    onDone: ({ id }) => navigate(`/comfyui/${id}`),
  });
  const leave = () => {
    focusNextPage();
    navigate("/workflows");
  };
  const act = (chosen: WorkflowAct) => {
    if (!actAtOnce(chosen, workflow)) ask(chosen as Asking);
  };
  return (
    <>
      <Exports workflow={workflow} />
      {mayWrite && (
        <>
          <Button look="strong" busy={starting.isPending} onClick={() => starting.mutate()}>
            <Play size={16} aria-hidden />
            Use in a session
          </Button>
          <Menu
            items={workflowItems(workflow, act)}
            trigger={
              <IconButton label={`More for ${workflow.name}`}>
                <Ellipsis size={16} aria-hidden />
              </IconButton>
            }
          />
        </>
      )}
      {asked && (
        <WorkflowQuestion
          act={asked}
          workflow={workflow}
          onDone={() => ask(null)}
          {...(asked === "delete" ? { onDeleted: leave } : {})}
        />
      )}
    </>
  );
}

function Exports({ workflow }: { workflow: Workflow }) {
  const items = [
    { label: "For ComfyUI’s API (JSON)", onSelect: () => void downloadWorkflow(workflow, "api") },
    ...(workflow.has_original
      ? [{ label: "As in ComfyUI’s editor (JSON)", onSelect: () => void downloadWorkflow(workflow, "original") }]
      : []),
    { label: "Picture with the workflow inside (PNG)", onSelect: () => void downloadWorkflow(workflow, "png") },
  ];
  const trigger = (
    <Button>
      <Download size={16} aria-hidden />
      Export
    </Button>
  );
  return <Menu trigger={trigger} items={items} />;
}
