import { Ban, CircleAlert, CircleCheck, Clock, LoaderCircle, type LucideIcon } from "lucide-react";
import type { GenerationStatus } from "@/api/types";
import type { Tone } from "@/ui/badge";

/** How a generation's state is told to people. */
export const STATUSES: Record<GenerationStatus, { label: string; tone: Tone; Icon: LucideIcon }> = {
  pending: { label: "Waiting", tone: "neutral", Icon: Clock },
  running: { label: "Running", tone: "accent", Icon: LoaderCircle },
  completed: { label: "Completed", tone: "good", Icon: CircleCheck },
  failed: { label: "Failed", tone: "bad", Icon: CircleAlert },
  cancelled: { label: "Cancelled", tone: "warn", Icon: Ban },
};
