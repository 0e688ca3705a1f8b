import { useQuery } from "@tanstack/react-query";
import { Braces, ChevronDown, Import } from "lucide-react";
import { Popover } from "radix-ui";
import { useRef, useState } from "react";
import type { WorkflowSummary } from "@/api/types";
import { useIsViewer } from "@/features/auth/me";
import { Button } from "@/ui/button";
import { Failed } from "@/ui/notice";
import { PopoverPanel } from "@/ui/popover-panel";
import { SkeletonList } from "@/ui/skeleton";
import { type Asking, actAtOnce, type WorkflowAct, WorkflowQuestion } from "./actions";
import { ImportDialog } from "./import-dialog";
import { WorkflowList } from "./list";
import { workflowsOptions } from "./queries";
import { WorkflowFace } from "./row";

interface SelectorProps {
  workflowId: string | null;
  onChoose: (id: string) => void;
}

interface Question {
  act: Asking;
  workflow: WorkflowSummary;
}

/** The workflow in use; opens the list of all, where each can be changed. */
export function WorkflowSelector({ workflowId, onChoose }: SelectorProps) {
  const { data: workflows, error, refetch } = useQuery(workflowsOptions);
  const isViewer = useIsViewer();
  const [isOpen, setOpen] = useState(false);
  const [isImporting, setImporting] = useState(false);
  const [asked, ask] = useState<Question | null>(null);
  const next = useRef<Question | null>(null);
  const chosen = workflows?.find(({ id }) => id === workflowId);

  const choose = (id: string) => {
    setOpen(false);
    onChoose(id);
  };
  const act = (act: WorkflowAct, workflow: WorkflowSummary) => {
    if (actAtOnce(act, workflow)) return;
    next.current = { act, workflow };
    setOpen(false);
  };
  /** Only then, so that the dialog too gives the focus back to the button. */
  const onListClosed = () => {
    const question = next.current;
    next.current = null;
    if (question) ask(question);
  };

  return (
    <div className="flex items-center gap-2">
      <Popover.Root open={isOpen} onOpenChange={setOpen}>
        <Popover.Trigger className="flex min-h-11 min-w-0 flex-1 items-center gap-2 rounded-md border border-control bg-raised px-2 py-1 text-left text-sm hover:bg-hover sm:max-w-md">
          {chosen ? (
            <>
              <span className="sr-only">Workflow:</span>
              <WorkflowFace workflow={chosen} />
            </>
          ) : (
            <span className="flex-1 px-1 text-soft">Choose a workflow</span>
          )}
          <ChevronDown size={16} aria-hidden className="shrink-0 text-soft" />
        </Popover.Trigger>
        <PopoverPanel
          label="Workflows"
          onClosed={onListClosed}
          className="flex max-h-(--radix-popover-content-available-height) w-md flex-col p-2"
        >
          {workflows && <WorkflowList workflows={workflows} chosenId={workflowId} onChoose={choose} onAct={act} />}
          {!workflows && error && (
            <Failed what="The workflows could not be read" error={error} onRetry={() => void refetch()} />
          )}
          {!workflows && !error && <SkeletonList rows={4} className="h-14" />}
        </PopoverPanel>
      </Popover.Root>
      {!isViewer && (
        <Button title="Import a workflow" onClick={() => setImporting(true)}>
          <Import size={16} aria-hidden />
          <span className="max-md:sr-only">Import</span>
        </Button>
      )}
      <Button
        title={`${isViewer ? "View" : "Edit"} the workflow’s JSON`}
        disabled={!chosen}
        onClick={() => chosen && ask({ act: "edit", workflow: chosen })}
      >
        <Braces size={16} aria-hidden />
        <span className="max-md:sr-only">{isViewer ? "View" : "Edit"} JSON</span>
      </Button>
      <ImportDialog open={isImporting} onOpenChange={setImporting} onImported={onChoose} />
      {asked && <WorkflowQuestion {...asked} onDone={() => ask(null)} />}
    </div>
  );
}
