import { FileDown } from "lucide-react";
import { type ReactNode, useEffect, useEffectEvent, useState } from "react";
import { messageOf } from "@/api/failure";
import { useIsViewer } from "@/features/auth/me";
import { toast } from "@/ui/toast";
import { ImportDialog } from "./import-dialog";
import { mayBeWorkflow, requireWorkflowFile } from "./workflow-file";

/** Imports a workflow file that is dropped anywhere on the page, except where something else takes the drop. */
export function WorkflowDrop({ onImported, children }: { onImported: (id: string) => void; children: ReactNode }) {
  const [file, setFile] = useState<File | null>(null);
  const take = (dropped: File) => {
    try {
      setFile(requireWorkflowFile(dropped));
    } catch (refusal) {
      toast({ kind: "error", message: messageOf(refusal) });
    }
  };
  const isViewer = useIsViewer();
  const isOver = usePageDrop((dropped) => !isViewer && take(dropped)) && !isViewer;

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

/** Whether a file that may be a workflow is being dragged over the page. A dropped file never replaces the page. */
function usePageDrop(onFile: (file: File) => void): boolean {
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent(onFile);
  useEffect(() => {
    const onDragOver = (event: DragEvent) => {
      if (event.defaultPrevented) return setOver(false);
      const items = [...(event.dataTransfer?.items ?? [])].filter(({ kind }) => kind === "file");
      if (items.length === 0) return;
      event.preventDefault();
      setOver(items.some(({ type }) => mayBeWorkflow(type)) && !isDialogOpen());
    };
    const onDragLeave = ({ relatedTarget }: DragEvent) => relatedTarget === null && setOver(false);
    const onDrop = (event: DragEvent) => {
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (!file || event.defaultPrevented) return;
      event.preventDefault();
      if (!isDialogOpen()) take(file);
    };
    addEventListener("dragover", onDragOver);
    addEventListener("dragleave", onDragLeave);
    addEventListener("drop", onDrop);
    return () => {
      removeEventListener("dragover", onDragOver);
      removeEventListener("dragleave", onDragLeave);
      removeEventListener("drop", onDrop);
    };
  }, []);
  return isOver;
}

const isDialogOpen = () => document.querySelector('[role="dialog"]') !== null;
