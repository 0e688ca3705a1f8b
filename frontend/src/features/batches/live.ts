import type { InfiniteData } from "@tanstack/react-query";
import { inAWhile } from "@/api/in-a-while";
import { queryClient } from "@/api/queries";
import type { components } from "@/api/schema";
import { ALL, type Batch, batchOptions } from "./queries";

type Progress = components["schemas"]["BatchProgress"];
type Pages = InfiniteData<{ data: Batch[] }>;

const REREAD_MS = 2_000;

/** What waits is told anew with what is on hold, which the event does not say. */
const rereadBatches = inAWhile(() => void queryClient.invalidateQueries({ queryKey: ALL }), REREAD_MS);

const unended = ({ pending, running }: Pick<Progress, "pending" | "running">) => pending + running;

/** Of two the one with fewer that have not ended is the later one (docs/api.md). */
export function withProgress<Known extends Batch>(batch: Known, told: Progress): Known {
  if (batch.id !== told.id || unended(told) > unended(batch)) return batch;
  const { pending, running, completed, failed, cancelled } = told;
  return { ...batch, pending, running, completed, failed, cancelled, done: unended(told) === 0 };
}

export function hearBatch(told: Progress): void {
  queryClient.setQueryData<Batch>(batchOptions(told.id).queryKey, (batch) => batch && withProgress(batch, told));
  queryClient.setQueriesData<Pages>({ queryKey: [...ALL, "list"] }, (list) => {
    if (!list) return list;
    const pages = list.pages.map((page) => ({ ...page, data: page.data.map((batch) => withProgress(batch, told)) }));
    return { ...list, pages };
  });
  rereadBatches();
}
