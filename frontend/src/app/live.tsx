import { useEffect } from "react";
import { queryClient, rereadEverything } from "@/api/queries";
import type { Notification, ResourceChanged } from "@/api/types";
import { hearBatch } from "@/features/batches/live";
import { hearProgress, hearRowChange, hearState } from "@/features/generations/live";
import { compareWithActive, rereadAll } from "@/features/generations/reread";
import { forgetBatch, resetTimelines } from "@/features/generations/timeline";
import { hearExport } from "@/features/library/exports";
import { hearBackend } from "@/features/machines/live";
import { rereadNotifications } from "@/features/notifications/queries";
import { projectsOptions } from "@/features/projects/queries";
import { rereadSessions } from "@/features/sessions/queries";
import { hearTaskProgress, hearTaskState } from "@/features/tasks/live";
import { rereadWorkflows } from "@/features/workflows/queries";
import { usePolling } from "@/live/polling";
import { type EventTable, openSocket } from "@/live/socket";
import { forgetUnseen, reread } from "@/ui/change";
import { toast } from "@/ui/toast";

/** Event → what changes in the cache. */
const EVENTS: EventTable = {
  "generation:queued": hearState,
  "generation:started": hearState,
  "generation:progress": hearProgress,
  "generation:preview": hearProgress,
  "generation:completed": hearState,
  "generation:failed": hearState,
  "generation:cancelled": hearState,
  "export:progress": hearExport,
  "batch:progress": hearBatch,
  "task:created": hearTaskState,
  "task:started": hearTaskState,
  "task:progress": hearTaskProgress,
  "task:completed": hearTaskState,
  "task:failed": hearTaskState,
  "task:cancelled": hearTaskState,
  "backend:changed": hearBackend,
  "resource:changed": hearChange,
  notification: hearNotification,
  resync: catchUp,
};

type Kind = Exclude<ResourceChanged["kind"], "generation">;

const rereadAs = (key: string) => () => queryClient.invalidateQueries({ queryKey: [key] });

/** Much hangs on a profile: workflows, sessions, and what its ComfyUI offers. */
const REREAD: Record<Kind, () => Promise<void>> = {
  session: rereadSessions,
  workflow: rereadWorkflows,
  profile: rereadEverything,
  conversation: rereadAs("conversations"),
  settings: rereadAs("settings"),
  budget: rereadAs("budgets"),
  task: rereadAs("tasks"),
  schedule: rereadAs("schedules"),
  notification: rereadAs("notifications"),
  backend: rereadAs("backends"),
  batch: rereadAs("batches"),
  project: rereadAs("projects"),
  prompt: rereadAs("prompts"),
  preset: rereadAs("presets"),
};

/** What vanished or came back along with a session, batch or profile is not told one by one. */
function hearChange({ kind, id, change }: ResourceChanged): void {
  if (kind === "generation") {
    hearRowChange(id, change);
    return;
  }
  void REREAD[kind]();
  if (kind === "session" || kind === "conversation") reread(projectsOptions.queryKey);
  if (change === "created" || change === "updated") return;
  if (kind !== "session" && kind !== "batch" && kind !== "profile") return;
  if (kind === "batch" && change === "deleted") forgetBatch(id);
  else resetTimelines(kind === "session" ? id : undefined);
  forgetUnseen(["generations"]);
  reread(["generations"]);
  if (kind === "batch") void rereadSessions();
}

function hearNotification({ id, type, message }: Notification): void {
  if (id !== null) void rereadNotifications();
  toast({ kind: type === "error" ? "error" : "info", message });
}

/** After a gap nothing that was heard before can be trusted: everything on screen is read again. */
function catchUp(): void {
  void rereadEverything();
  rereadAll().catch(() => undefined);
}

/** Keeps what is on screen true while somebody is signed in. */
export function Live() {
  useEffect(() => openSocket(EVENTS, catchUp), []);
  usePolling(compareWithActive);
  return null;
}
