import { useEffect, useState } from "react";
import { useConnection } from "@/live/connection";
import { Button } from "@/ui/button";
import { DialogActions } from "@/ui/dialog";
import { ProgressBar } from "@/ui/progress-bar";
import { amountOf, type Export, percentOf, useExports } from "./exports";

const PATIENCE_MS = 15_000;

/** How far the ZIP is; closing this does not stop it. */
export function ExportProgress({ id, onClose }: { id: string; onClose: () => void }) {
  const known = useExports((all) => all[id]);
  const isLate = useIsLate(known?.state === "waiting");
  const hasEvents = useConnection(({ connection }) => connection === "live");
  if (!known) return null;
  const percent = percentOf(known);
  return (
    <div className="flex flex-col gap-3">
      <p role="status" className={known.state === "failed" ? "text-bad text-sm" : "text-sm"}>
        {sentenceFor(known, isLate, hasEvents)}
      </p>
      {known.state !== "failed" && <ProgressBar label="Progress of the ZIP" percent={percent} text={`${percent} %`} />}
      {known.state === "running" && (
        <p className="text-soft text-sm tabular-nums">
          {percent} %, {amountOf(known.files, known.bytes)} of {amountOf(known.totalFiles, known.totalBytes)}
        </p>
      )}
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </div>
  );
}

function sentenceFor({ state, totalFiles, totalBytes }: Export, isLate: boolean, hasEvents: boolean): string {
  if (state === "done") return "The ZIP is complete. It is among your browser's downloads.";
  if (state === "failed") return "The ZIP was cut off before it was complete. Start it again.";
  if (state === "running") return "Your browser saves it while it is made. You may close this and go on.";
  if (!hasEvents) return "Your browser downloads it; how far it is shows among its downloads.";
  if (isLate)
    return "Nothing has come yet. Look at your browser's downloads; only two ZIPs at a time are made for you.";
  return totalFiles > 0 ? `Starting: ${amountOf(totalFiles, totalBytes)}.` : "Starting.";
}

function useIsLate(isWaiting: boolean): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isWaiting]);
  return isWaiting && isLate;
}
