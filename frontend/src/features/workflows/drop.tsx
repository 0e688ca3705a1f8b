import { FileDown } from "lucide-react";
import { type ReactNode, useState } from "react";
import { messageOf } from "@/api/failure";
import { useIsViewer } from "@/features/auth/me";
import { usePageDrop } from "@/ui/page-drop";
import { toast } from "@/ui/toast";
import { ImportDialog } from "./import-dialog";
import { mayBeWorkflow, requireWorkflowFile } from "./workflow-file";

/** Imports a workflow file that is dropped anywhere on the page, except where something else takes the drop. */
export function WorkflowDrop({ onImported, children }: { onImported: (id: string) => void; children: ReactNode }) {
  const [file, setFile] = useState<File | null>(null);
  const isViewer = useIsViewer();
  const take = ([dropped, ...others]: readonly File[]) => {
    if (isViewer || !dropped) return;
    try {
      setFile(requireWorkflowFile(dropped));
      if (others.length > 0) toast({ kind: "info", message: `One at a time: “${dropped.name}” comes first.` });
    } catch (refusal) {
      toast({ kind: "error", message: messageOf(refusal) });
    }
  };
  const isOver = usePageDrop(mayBeWorkflow, take) && !isViewer;

  return (
    <>
      {children}
      {isOver && (
        <div className="pointer-events-none fixed inset-3 z-40 flex items-center justify-center rounded-xl border-2 border-accent border-dashed bg-page/85">
          <p className="flex items-center gap-3 font-semibold text-lg">
            <FileDown aria-hidden />
            Drop the workflow to import it
          </p>
        </div>
      )}
      <ImportDialog
        open={file !== null}
        onOpenChange={(open) => !open && setFile(null)}
        file={file}
        onImported={onImported}
      />
    </>
  );
}
