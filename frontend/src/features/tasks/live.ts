import { create } from "zustand";
import { inAWhile } from "@/api/in-a-while";
import { queryClient } from "@/api/queries";
import type { components } from "@/api/schema";
import type { Task, TaskStatus } from "./task";

type Schemas = components["schemas"];
type StateEvent =
  | Schemas["TaskCreated"]
  | Schemas["TaskStarted"]
  | Schemas["TaskCompleted"]
  | Schemas["TaskFailed"]
  | Schemas["TaskCancelled"];

interface Heard {
  seq: number;
  status: TaskStatus;
  percent: number;
  message: string | null;
}

const GATHER_MS = 250;
const MOST_KEPT = 500;

const useHeard = create<{ heard: ReadonlyMap<string, Heard> }>(() => ({ heard: new Map() }));

function keep(id: string, next: Heard): void {
  const { heard } = useHeard.getState();
  if ((heard.get(id)?.seq ?? -1) >= next.seq) return;
  const others = [...heard].filter(([other]) => other !== id).slice(1 - MOST_KEPT);
  useHeard.setState({ heard: new Map([...others, [id, next]]) });
}

export function hearTaskProgress({ id, seq, status, progress, message }: Schemas["TaskProgress"]): void {
  keep(id, { seq, status, percent: progress, message });
}

/** The row itself, and what was made, is read again soon, together with others. */
export function hearTaskState({ id, seq, status, progress }: StateEvent): void {
  keep(id, { seq, status, percent: progress, message: null });
  rereadTasks();
}

const KEYS = ["tasks", "results", "schedules"] as const;

export const rereadTasks = inAWhile(() => {
  for (const key of KEYS) void queryClient.invalidateQueries({ queryKey: [key] });
}, GATHER_MS);

/** The row as it is now: what was heard since it was read is newer. */
export function useTaskNow({ id, seq, status, progress, message }: Task): Omit<Heard, "seq"> {
  const heard = useHeard((now) => now.heard.get(id));
  return heard && heard.seq > seq ? heard : { status, percent: progress, message };
}
