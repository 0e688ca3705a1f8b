import { useState } from "react";
import { api, body, read } from "@/api/client";
import { queryClient } from "@/api/queries";
import { keysByInput } from "@/api/same-input";
import { tellGone, useChange } from "@/ui/change";
import { taskOptions } from "./queries";
import type { Task, TaskInput, TaskPatch } from "./task";

const STALE = [["tasks"], ["results"], ["stats"], ["active"]] as const;

const of = ({ id }: Pick<Task, "id">) => ({ params: { path: { task_id: id } } });
const keepNow = (task: Task) => queryClient.setQueryData(taskOptions(task.id).queryKey, task);

/** The caller shows its `error`. A double click, or a second try after a lost answer, makes one task. */
export function useCreate(onDone: (task: Task) => void) {
  const [keyFor] = useState(keysByInput);
  return useChange({
    ask: (input: TaskInput) =>
      read(api.POST("/api/tasks", { params: { header: { "Idempotency-Key": keyFor(input) } }, body: input })),
    stale: STALE,
    onDone: (task) => {
      keepNow(task);
      onDone(task);
    },
  });
}

export const useCancel = () =>
  useChange({
    ask: (task: Pick<Task, "id">) => read(api.POST("/api/tasks/{task_id}/cancel", of(task))),
    stale: STALE,
    refusal: "The task is not cancelled.",
    onDone: keepNow,
  });

export const useRetry = () =>
  useChange({
    ask: (task: Pick<Task, "id">) => read(api.POST("/api/tasks/{task_id}/retry", of(task))),
    stale: STALE,
    refusal: "The task is not tried again.",
    onDone: keepNow,
  });

export const usePatch = (onDone: () => void) =>
  useChange({
    ask: ({ id, patch }: { id: string; patch: TaskPatch }) =>
      read(api.PATCH("/api/tasks/{task_id}", { ...of({ id }), body: patch })),
    stale: STALE,
    onDone: (task) => {
      keepNow(task);
      onDone();
    },
  });

export const useRemove = (onGone: () => void) =>
  useChange({
    ask: (task: Task) => body(api.DELETE("/api/tasks/{task_id}", of(task))),
    stale: STALE,
    refusal: "The task is not deleted.",
    onDone: (_, task) => {
      tellGone(`“${task.name}”`, STALE, () => body(api.POST("/api/tasks/{task_id}/restore", of(task))));
      onGone();
    },
  });
