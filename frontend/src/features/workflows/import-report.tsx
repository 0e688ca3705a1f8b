import { Copy } from "lucide-react";
import type { Workflow } from "@/api/types";
import { Button } from "@/ui/button";
import { useChange } from "@/ui/change";
import { copyText } from "@/ui/clipboard";
import { DialogActions } from "@/ui/dialog";
import { toast } from "@/ui/toast";
import { deleteWorkflow } from "./changes";
import { ProblemList } from "./check/problem-list";
import { asProblems, sorted } from "./check/problems";
import { WorkflowCheck } from "./check/workflow-check";

/** Whether there is more to say of an import than that it is done. */
export const isRemarkable = ({ duplicate_of, warnings, unknown_classes }: Workflow) =>
  duplicate_of !== null || warnings.length > 0 || unknown_classes.length > 0;

interface ImportReportProps {
  workflow: Workflow;
  /** With the workflow to go on with. */
  onDone: (id: string) => void;
}

/** What the import found: the same graph elsewhere, nodes that ComfyUI does not have, and what it would refuse. */
export function ImportReport({ workflow, onDone }: ImportReportProps) {
  const { id, name, duplicate_of, warnings, unknown_classes } = workflow;
  return (
    <div className="flex flex-col gap-5">
      <p role="status" className="break-words text-sm">
        “{name}” is imported. Here is what to know about it.
      </p>
      {duplicate_of && <Duplicate workflow={workflow} same={duplicate_of} onDone={onDone} />}
      {unknown_classes.length > 0 && <UnknownClasses classes={unknown_classes} />}
      {warnings.length > 0 && <ProblemList problems={sorted(asProblems(warnings))} />}
      <WorkflowCheck workflow={workflow} except={["unknown_node"]} />
      <DialogActions>
        <Button look="strong" onClick={() => onDone(id)}>
          {duplicate_of ? "Keep both" : "Go on"}
        </Button>
      </DialogActions>
    </div>
  );
}

interface DuplicateProps extends ImportReportProps {
  same: NonNullable<Workflow["duplicate_of"]>;
}

function Duplicate({ workflow, same, onDone }: DuplicateProps) {
  const deleting = useChange({
    ask: () => deleteWorkflow(workflow.id),
    stale: [],
    refusal: `“${workflow.name}” is not deleted.`,
    onDone: () => {
      toast({ kind: "info", message: `“${same.name}” it is; the copy is deleted.` });
      onDone(same.id);
    },
  });
  return (
    <section className="flex flex-wrap items-center gap-3 rounded-md border border-line px-3 py-2 text-sm">
      <p className="min-w-0 flex-1 break-words">The same graph is here already, as “{same.name}”.</p>
      <Button busy={deleting.isPending} onClick={() => deleting.mutate()}>
        Use that one
      </Button>
    </section>
  );
}

/** Their names are what one looks for where nodes are installed. */
function UnknownClasses({ classes }: { classes: readonly string[] }) {
  return (
    <section className="flex flex-col gap-2 rounded-md border border-warn px-3 py-2 text-sm">
      <p>
        This ComfyUI does not have {classes.length === 1 ? "one class" : `${classes.length} classes`} of nodes that it
        uses. Install them there, then it can run.
      </p>
      <ul aria-label="Missing classes" className="flex flex-wrap gap-1.5">
        {classes.map((name) => (
          <li key={name} className="wrap-anywhere rounded bg-sunken px-2 py-0.5 font-mono text-xs">
            {name}
          </li>
        ))}
      </ul>
      <Button className="self-start" onClick={() => void copyText(classes.join("\n"), "Names")}>
        <Copy size={16} aria-hidden />
        Copy the names
      </Button>
    </section>
  );
}
