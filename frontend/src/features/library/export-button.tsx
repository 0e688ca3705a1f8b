import { FileArchive } from "lucide-react";
import { useState } from "react";
import { Button, type ButtonProps } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ExportForm } from "./export-form";
import { type ExportOf, newExportId } from "./export-source";
import { percentOf, useExports } from "./exports";

interface ExportButtonProps {
  of: ExportOf;
  /** What it is of, such as the name of the session. */
  name?: string;
  label?: string;
  look?: ButtonProps["look"];
  disabled?: boolean;
}

/** Generations as one ZIP: says how much it is, and goes on, with its progress, while the dialog is closed. */
export function ExportButton({
  of,
  name,
  label = "Download ZIP",
  look = "plain",
  disabled = false,
}: ExportButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const [id, setId] = useState(newExportId);
  const known = useExports((all) => all[id]);
  const isUnderWay = known?.state === "running" || known?.state === "waiting";
  const open = () => {
    if (!isUnderWay) setId(newExportId());
    setOpen(true);
  };
  return (
    <>
      <Button look={look} disabled={disabled} onClick={open}>
        <FileArchive size={16} aria-hidden />
        {known && isUnderWay ? `ZIP ${percentOf(known)} %` : label}
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={name ? `Download “${name}”` : "Download as ZIP"}>
        <ExportForm of={of} id={id} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}
