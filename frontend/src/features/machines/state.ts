import type { Backend, BackendChanged } from "@/api/types";
import { counted } from "@/ui/amounts";
import type { Tone } from "@/ui/badge";

/** How a machine is, in a word, and how good that is. */
export function stateOf({ enabled, draining, status, message }: Backend): { word: string; tone: Tone } {
  if (!enabled) return { word: "Switched off", tone: "neutral" };
  if (status === "down") return { word: "Away", tone: "bad" };
  if (draining) return { word: "Draining", tone: "warn" };
  if (status === "unknown") return { word: "Not asked yet", tone: "neutral" };
  return message === null ? { word: "Ready", tone: "good" } : { word: "Missed a check", tone: "warn" };
}

export const takesWork = ({ enabled, draining, status }: Backend) => enabled && !draining && status !== "down";

/** All machines of a profile in one line. */
export function summaryOf(machines: readonly Backend[]): string {
  const sum = (of: (machine: Backend) => number) => machines.reduce((total, machine) => total + of(machine), 0);
  const taking = machines.filter(takesWork);
  return [
    counted(machines.length, "machine"),
    taking.length === machines.length ? null : `${taking.length} ${taking.length === 1 ? "takes" : "take"} work`,
    counted(
      taking.reduce((total, { effective_slots }) => total + effective_slots, 0),
      "slot",
    ),
    `${sum(({ queue }) => queue?.running ?? 0)} running`,
    `${sum(({ queue }) => queue?.pending ?? 0)} waiting`,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What stands in a machine's queue, and how much of it is this workspace's. */
export function queueOf({ queue, ours }: Backend): string {
  if (queue === null) return "Not known";
  const told = `${queue.running} running, ${queue.pending} waiting`;
  const others = queue.running + queue.pending - ours;
  if (queue.running + queue.pending === 0) return "Empty";
  return others > 0 ? `${told} (${ours} ours)` : told;
}

/** A machine after what an event tells of it, or of another. */
export function heard(known: Backend, { id, queue_running, queue_pending, ...told }: BackendChanged): Backend {
  if (known.id !== id) return known;
  const isKnown = queue_running !== null && queue_pending !== null;
  return { ...known, ...told, queue: isKnown ? { running: queue_running, pending: queue_pending } : null };
}
