import { useState } from "react";
import type { Workflow } from "@/api/types";
import { Dialog } from "@/ui/dialog";
import { toast } from "@/ui/toast";
import { ImportForm } from "./import-form";
import { ImportReport, isRemarkable } from "./import-report";
import { WHAT_MAY_BE_IMPORTED } from "./workflow-file";

interface ImportDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** What has been dropped on the page. */
  file?: File | null;
  onImported: (id: string) => void;
}

/** Imports a workflow; where there is more to say of it than that, it says so before it goes on. */
export function ImportDialog({ open, onOpenChange, file = null, onImported }: ImportDialogProps) {
  const [imported, setImported] = useState<Workflow | null>(null);
  const finish = (id: string) => {
    setImported(null);
    onOpenChange(false);
    onImported(id);
  };
  const show = (workflow: Workflow) => {
    if (isRemarkable(workflow)) return setImported(workflow);
    toast({ kind: "info", message: `“${workflow.name}” is imported.` });
    finish(workflow.id);
  };
  if (imported) {
    return (
      <Dialog open={open} onOpenChange={() => finish(imported.id)} title="The workflow is imported">
        <ImportReport workflow={imported} onDone={finish} />
      </Dialog>
    );
  }
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Import a workflow" description={WHAT_MAY_BE_IMPORTED}>
      <ImportForm given={file} onCancel={() => onOpenChange(false)} onImported={show} />
    </Dialog>
  );
}
