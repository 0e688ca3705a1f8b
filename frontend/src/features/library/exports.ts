import { create } from "zustand";
import type { components } from "@/api/schema";
import { bytesShown, counted } from "@/ui/amounts";
import { toast } from "@/ui/toast";

/** `waiting`: the browser has been given the address, and nothing was heard of it yet. */
export type ExportState = "waiting" | "running" | "done" | "failed";

export interface Export {
  state: ExportState;
  files: number;
  totalFiles: number;
  bytes: number;
  totalBytes: number;
}

type Told = components["schemas"]["ExportProgress"];

/** The ZIPs that this window has asked for, by the id that it gave each of them. */
export const useExports = create<Record<string, Export>>(() => ({}));

export function beginExport(id: string, totalFiles: number, totalBytes: number): void {
  useExports.setState({ [id]: { state: "waiting", files: 0, totalFiles, bytes: 0, totalBytes } });
}

/** Of another window's ZIP nothing is shown here. */
export function hearExport({ id, state, files, total_files, bytes, total_bytes }: Told): void {
  const known = useExports.getState()[id];
  if (!known || known.state === "done" || known.state === "failed") return;
  useExports.setState({ [id]: { state, files, totalFiles: total_files, bytes, totalBytes: total_bytes } });
  if (state === "done") toast({ kind: "info", message: `The ZIP is complete: ${amountOf(total_files, total_bytes)}.` });
  if (state === "failed")
    toast({ kind: "error", message: "The ZIP was cut off before it was complete. Start it again." });
}

/** The browser's own fault or end, of which no event tells. */
export function endExport(id: string, state: "done" | "failed"): void {
  const known = useExports.getState()[id];
  if (known) useExports.setState({ [id]: { ...known, state } });
}

/** By bytes, since files differ much in size; a ZIP without files is done at once. */
export function percentOf({ state, bytes, totalBytes, files, totalFiles }: Export): number {
  if (state === "done") return 100;
  const share = totalBytes > 0 ? bytes / totalBytes : files / Math.max(totalFiles, 1);
  return Math.min(100, Math.floor(share * 100));
}

export const amountOf = (files: number, bytes: number) => `${counted(files, "file")}, ${bytesShown(bytes)}`;
