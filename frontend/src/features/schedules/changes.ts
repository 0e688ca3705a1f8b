import { useState } from "react";
import { api, body, newIdempotencyKey, read } from "@/api/client";
import { queryClient } from "@/api/queries";
import { keysByInput } from "@/api/same-input";
import { useChange } from "@/ui/change";
import { toast } from "@/ui/toast";
import { schedulesOptions } from "./queries";
import type { Schedule, ScheduleInput } from "./schedule";

const STALE = [["schedules"]] as const;
const of = ({ id }: Pick<Schedule, "id">) => ({ params: { path: { schedule_id: id } } });

function send(schedule: Schedule | null, input: ScheduleInput, key: string): Promise<Schedule> {
  if (schedule === null) {
    const params = { header: { "Idempotency-Key": key } };
    return read(api.POST("/api/schedules", { params, body: input }));
  }
  const { kind: _, ...patch } = input;
  return read(api.PATCH("/api/schedules/{schedule_id}", { ...of(schedule), body: patch }));
}

/** As a new one, or as changes of `schedule`. The caller shows its `error`. */
export function useSave(schedule: Schedule | null, onDone: (saved: Schedule) => void) {
  const [keyFor] = useState(keysByInput);
  return useChange({
    ask: (input: ScheduleInput) => send(schedule, input, keyFor(input)),
    stale: STALE,
    onDone,
  });
}

function showNow(schedule: Schedule): void {
  queryClient.setQueryData(schedulesOptions.queryKey, (found) => {
    const withIt = (rows: Schedule[]) => rows.map((row) => (row.id === schedule.id ? schedule : row));
    return found && { ...found, pages: found.pages.map((page) => ({ ...page, rows: withIt(page.rows) })) };
  });
}

export const useSwitch = (schedule: Schedule) =>
  useChange({
    ask: (isOn: boolean) =>
      read(
        isOn
          ? api.POST("/api/schedules/{schedule_id}/resume", of(schedule))
          : api.POST("/api/schedules/{schedule_id}/pause", of(schedule)),
      ),
    stale: STALE,
    refusal: "The schedule stays as it was.",
    onDone: showNow,
  });

export const useRunNow = (schedule: Schedule, onDone: () => void) =>
  useChange({
    ask: () => {
      const header = { "Idempotency-Key": newIdempotencyKey() };
      const params = { ...of(schedule).params, header };
      return read(api.POST("/api/schedules/{schedule_id}/run", { params }));
    },
    stale: [...STALE, ["tasks"], ["active"], ["generations"]],
    refusal: "It is not run.",
    onDone: () => {
      toast({ kind: "info", message: `“${schedule.name}” runs once more.` });
      onDone();
    },
  });

/** The caller shows its `error`. */
export const useRemove = (schedule: Schedule, onDone: () => void) =>
  useChange({
    ask: () => body(api.DELETE("/api/schedules/{schedule_id}", of(schedule))),
    stale: STALE,
    onDone: () => {
      toast({ kind: "info", message: `“${schedule.name}” is deleted. What it has started stays.` });
      onDone();
    },
  });
