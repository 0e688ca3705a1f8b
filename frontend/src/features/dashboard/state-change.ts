import type { Progress } from "@/live/progress";

type Heard = Readonly<Record<string, Pick<Progress, "status">>>;

/** Whether something has begun or ended between the two; mere progress is no change of state. */
export const isStateChange = (now: Heard, before: Heard): boolean =>
  Object.entries(now).some(([id, one]) => one !== before[id] && one.status !== before[id]?.status);
