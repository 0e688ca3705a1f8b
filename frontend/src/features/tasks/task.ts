import { AudioLines, FileText, Image, type LucideIcon, Video } from "lucide-react";
import type { components } from "@/api/schema";
import type { Tone } from "@/ui/badge";

type Schemas = components["schemas"];

export type Task = Schemas["TaskOut"];
export type TaskInput = Schemas["TaskInput"];
export type TaskPatch = Schemas["TaskPatch"];
export type TaskStatus = Schemas["TaskStatus"];
export type TaskType = Schemas["Modality"];
export type Tried = Schemas["Tried"];
export type Target = Schemas["TargetOut"];

export const TYPES: Readonly<Record<TaskType, { label: string; Icon: LucideIcon }>> = {
  text: { label: "Text", Icon: FileText },
  image: { label: "Image", Icon: Image },
  audio: { label: "Audio", Icon: AudioLines },
  video: { label: "Video", Icon: Video },
};
export const TYPE_NAMES = Object.keys(TYPES) as TaskType[];
export const asType = (word: string): TaskType | null => TYPE_NAMES.find((name) => name === word) ?? null;

export const STATUSES: Readonly<Record<TaskStatus, { label: string; tone: Tone }>> = {
  pending: { label: "Waiting", tone: "neutral" },
  running: { label: "Running", tone: "accent" },
  complete: { label: "Complete", tone: "good" },
  failed: { label: "Failed", tone: "bad" },
  cancelled: { label: "Cancelled", tone: "warn" },
};
export const STATUS_NAMES = Object.keys(STATUSES) as TaskStatus[];
export const ENDED: readonly TaskStatus[] = ["complete", "failed", "cancelled"];

export const isOver = (status: TaskStatus) => ENDED.includes(status);
