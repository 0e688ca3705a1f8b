import type { Generation, GenerationStatus } from "@/api/types";
import { type Progress, useProgress } from "@/live/progress";
import { isOver } from "../merge";

export interface Shown {
  status: GenerationStatus;
  percent: number;
  node: string | null;
  previewUrl: string | null;
  waitingReason: string | null;
}

/** The newer of what the row says and what was heard of it; a row that has ended is right. */
export function shownOf(row: Generation, heard: Progress | undefined): Shown {
  const said = {
    status: row.status,
    percent: row.progress,
    node: row.current_node,
    previewUrl: null,
    waitingReason: row.waiting_reason,
  };
  if (!heard || isOver(row)) return said;
  const isSameRun = row.status === "running" && heard.status === "running";
  const newest = heard.seq > row.seq ? heard : { ...said, previewUrl: isSameRun ? heard.previewUrl : null };
  return { ...newest, percent: Math.max(row.progress, heard.percent) };
}

export function useShown(row: Generation): Shown {
  const heard = useProgress((all) => (isOver(row) ? undefined : all[row.id]));
  return shownOf(row, heard);
}

const LONGEST_NAME = 60;

/** What to call a generation in one line. */
export function nameOf({ prompt_text }: Pick<Generation, "prompt_text">): string {
  const text = prompt_text?.trim().replaceAll(/\s+/g, " ") ?? "";
  if (text === "") return "without a prompt";
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME).trimEnd()}…` : text;
}
