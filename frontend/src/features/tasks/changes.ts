import type { InfiniteData } from "@tanstack/react-query";
import { useState } from "react";
import { api, body, read } from "@/api/client";
import { queryClient } from "@/api/queries";
import { keysByInput } from "@/api/same-input";
import { forgetUnseen, tellGone, useChange } from "@/ui/change";
import { type TaskPage, taskOptions } from "./queries";
import type { Task, TaskInput, TaskPatch } from "./task";

const LISTS = ["tasks", "list"] as const;
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

function showWithout({ id }: Task): void {
  void queryClient.cancelQueries({ queryKey: LISTS });
  const without = (page: TaskPage) => ({ ...page, rows: page.rows.filter((row) => row.id !== id) });
  queryClient.setQueriesData<InfiniteData<TaskPage>>(
    { queryKey: LISTS },
    (found) => found && { ...found, pages: found.pages.map(without) },
  );
}

export const useRemove = (onGone: () => void) =>
  useChange({
    ask: (task: Task) => body(api.DELETE("/api/tasks/{task_id}", of(task))),
    stale: STALE,
    refusal: "The task is not deleted.",
    onDone: (_, task) => {
      forgetUnseen(...STALE);
      showWithout(task);
      tellGone(`“${task.name}”`, STALE, () => body(api.POST("/api/tasks/{task_id}/restore", of(task))));
      onGone();
    },
  });
