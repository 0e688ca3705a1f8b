import { useMutation, useQuery } from "@tanstack/react-query";
import { messageOf } from "@/api/failure";
import type { WorkflowSummary } from "@/api/types";
import { useIsViewer } from "@/features/auth/me";
import { Confirm } from "@/ui/confirm";
import { Dialog } from "@/ui/dialog";
import { toast } from "@/ui/toast";
import { changeWorkflow, deleteWorkflow, duplicateWorkflow, restoreWorkflow } from "./changes";
import { JsonDialog } from "./json-dialog";
import { workflowTextOptions } from "./queries";
import { RenameForm } from "./rename-form";

/** What needs nothing more than to be chosen, and what asks first. */
export type WorkflowAct = keyof typeof AT_ONCE | keyof typeof ASKING;

interface AskingProps {
  workflow: WorkflowSummary;
  onDone: () => void;
  onDeleted?: () => void;
}

const AT_ONCE = {
  default: ({ id, name }: WorkflowSummary) =>
    told(changeWorkflow(id, { is_default: true }), `“${name}” is the default now.`, "The default is as it was."),
  duplicate: (workflow: WorkflowSummary) =>
    told(duplicateWorkflow(workflow), `“${workflow.name}” is copied.`, "There is no copy."),
};

const ASKING = { rename: Rename, edit: EditJson, delete: Delete };

/** True when that was all; false when `WorkflowQuestion` has to ask. */
export function actAtOnce(act: WorkflowAct, workflow: WorkflowSummary): act is keyof typeof AT_ONCE {
  if (!(act in AT_ONCE)) return false;
  void AT_ONCE[act as keyof typeof AT_ONCE](workflow);
  return true;
}

export type Asking = keyof typeof ASKING;

export function WorkflowQuestion({ act, ...props }: AskingProps & { act: Asking }) {
  const Question = ASKING[act];
  return <Question {...props} />;
}

async function told(done: Promise<unknown>, success: string, failure: string): Promise<void> {
  try {
    await done;
    toast({ kind: "info", message: success });
  } catch (reason) {
    toast({ kind: "error", message: `${failure} ${messageOf(reason)}` });
  }
}

function Rename({ workflow, onDone }: AskingProps) {
  return (
    <Dialog open onOpenChange={onDone} title="Rename the workflow">
      <RenameForm workflow={workflow} onDone={onDone} />
    </Dialog>
  );
}

function EditJson({ workflow: { id, name }, onDone }: AskingProps) {
  const reading = useQuery(workflowTextOptions(id));
  const isViewer = useIsViewer();
  const save = async (text: string) => {
    await changeWorkflow(id, { workflow_json: text });
    toast({ kind: "info", message: `“${name}” is saved.` });
  };
  return (
    <JsonDialog
      open
      onOpenChange={onDone}
      title={`JSON of “${name}”`}
      reading={reading}
      filename={`${name}.json`}
      {...(isViewer ? {} : { onSave: save })}
    />
  );
}

function Delete({ workflow: { id, name }, onDone, onDeleted }: AskingProps) {
  const undo = () => void told(restoreWorkflow(id), `“${name}” is back.`, `“${name}” stays deleted.`);
  const deleting = useMutation({
    mutationFn: () => deleteWorkflow(id),
    onSuccess: () => {
      toast({ kind: "info", message: `“${name}” is deleted.`, action: { label: "Undo", run: undo } });
      onDeleted?.();
    },
    onError: (failure) => toast({ kind: "error", message: `“${name}” is not deleted. ${messageOf(failure)}` }),
    onSettled: onDone,
  });
  return (
    <Confirm
      open
      onOpenChange={onDone}
      title={`Delete “${name}”?`}
      sentence="Pictures made with it stay, each with its own copy of the graph. It can be restored for 7 days."
      verb="Delete"
      busy={deleting.isPending}
      onConfirm={() => deleting.mutate()}
    />
  );
}
