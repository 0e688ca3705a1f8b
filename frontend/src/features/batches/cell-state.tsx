import { Ban, CircleAlert, Clock, FileCheck, ImageOff, LoaderCircle, type LucideIcon, Pause } from "lucide-react";
import type { Generation, GenerationStatus } from "@/api/types";
import type { Shown } from "@/features/generations/cards/shown";
import { STATUSES } from "@/features/generations/statuses";

const ICONS: Record<GenerationStatus, LucideIcon> = {
  pending: Clock,
  running: LoaderCircle,
  completed: FileCheck,
  failed: CircleAlert,
  cancelled: Ban,
};

interface CellStateProps {
  row: Generation;
  shown: Shown;
  isBroken: boolean;
}

/** Why there is no picture (yet). */
export function CellState({ row, shown: { status, percent }, isBroken }: CellStateProps) {
  const { label } = STATUSES[status];
  const isHeld = status === "pending" && row.held_at !== null;
  const Icon = isBroken ? ImageOff : isHeld ? Pause : ICONS[status];
  const tone = status === "failed" ? "text-bad" : status === "cancelled" ? "text-warn" : "text-soft";
  return (
    <span className={`flex flex-col items-center gap-1 p-1 text-center text-xs ${tone}`}>
      <Icon size={18} aria-hidden className={status === "running" ? "motion-safe:animate-spin" : ""} />
      {status === "running" ? `${percent} %` : isHeld ? "On hold" : isBroken ? "Cannot be loaded" : label}
    </span>
  );
}
