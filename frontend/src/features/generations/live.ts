import { recount } from "@/api/queries";
import type { GenerationEvent, ResourceChanged } from "@/api/types";
import { hear } from "@/live/progress";
import { tellGeneration } from "./heard";
import { withoutRow } from "./merge";
import { isKnown, markStale } from "./reread";
import { changeTimeline, openSessions } from "./timeline";

/** Shown at once, unless it is older than something heard before. */
export function hearProgress(event: GenerationEvent): void {
  hear(event.id, {
    seq: event.seq,
    status: event.status,
    percent: event.progress ?? 0,
    ...(event.current_node ? { node: event.current_node } : {}),
    ...("preview_url" in event ? { previewUrl: event.preview_url } : {}),
    ...("waiting_reason" in event ? { waitingReason: event.waiting_reason ?? null } : {}),
  });
}

/** A change of state, after which the row itself is read again. */
export function hearState(event: GenerationEvent): void {
  tellGeneration({ id: event.id, change: "updated", seq: event.seq });
  const sessionId = event.session_id;
  if (sessionId !== null && isKnown(sessionId, event.id, event.seq)) return;
  hearProgress(event);
  if (sessionId === null) recount();
  else markStale(sessionId, event.id, event.seq);
}

/** Another window has changed, deleted or restored it; of which session is not told. */
export function hearRowChange(id: string, change: ResourceChanged["change"]): void {
  recount();
  tellGeneration({ id, change });
  for (const sessionId of openSessions()) {
    if (change === "deleted") changeTimeline(sessionId, (timeline) => withoutRow(timeline, id));
    else if (change === "restored" || isKnown(sessionId, id, 0)) markStale(sessionId, id);
  }
}
