import { useEffect } from "react";
import { rereadEverything } from "@/api/queries";
import type { Notification, ResourceChanged } from "@/api/types";
import { hearProgress, hearRowChange, hearState } from "@/features/generations/live";
import { compareWithActive, rereadAll } from "@/features/generations/reread";
import { resetTimelines } from "@/features/generations/timeline";
import { rereadSessions } from "@/features/sessions/queries";
import { rereadWorkflows } from "@/features/workflows/queries";
import { usePolling } from "@/live/polling";
import { type EventTable, openSocket } from "@/live/socket";
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
  "resource:changed": hearChange,
  notification: hearNotification,
};

/** Much hangs on a profile: workflows, sessions, and what its ComfyUI offers. Kinds that no page shows are not here. */
const REREAD: Partial<Record<ResourceChanged["kind"], () => Promise<void>>> = {
  session: rereadSessions,
  workflow: rereadWorkflows,
  profile: rereadEverything,
};

/** What vanished or came back along with a session or profile is not told one by one. */
function hearChange({ kind, id, change }: ResourceChanged): void {
  if (kind === "generation") {
    hearRowChange(id, change);
    return;
  }
  const reread = REREAD[kind];
  if (!reread) return;
  void reread();
  if (kind === "workflow" || change === "created" || change === "updated") return;
  resetTimelines(kind === "session" ? id : undefined);
}

function hearNotification({ type, message }: Notification): void {
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
