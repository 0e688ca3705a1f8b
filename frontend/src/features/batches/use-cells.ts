import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiFailure } from "@/api/failure";
import { inAWhile } from "@/api/in-a-while";
import { queryClient } from "@/api/queries";
import type { Generation } from "@/api/types";
import { type Heard, onGeneration } from "@/features/generations/heard";
import { useConnection } from "@/live/connection";
import { type Cells, withRow } from "./cells";
import { cellsOptions, readCell } from "./queries";

const GATHER_MS = 300;
const MOST_SINGLE = 10;
const ALL_AGAIN_MS = 2_000;
const POLL_MS = 4_000;

/** The generations of a batch, kept true while somebody looks at them. */
export function useCells(batchId: string, isDone: boolean) {
  const isLive = useConnection(({ connection }) => connection === "live");
  useEffect(() => keepTrue(batchId), [batchId]);
  return useQuery({ ...cellsOptions(batchId), refetchInterval: isLive || isDone ? false : POLL_MS });
}

/** Reads again what has changed: a few one by one, many all together. */
function keepTrue(batchId: string): () => void {
  const { queryKey } = cellsOptions(batchId);
  const stale = new Set<string>();
  const known = () => queryClient.getQueryData(queryKey);
  const change = (changed: (cells: Cells) => Cells) =>
    queryClient.setQueryData(queryKey, (cells: Cells | undefined) => cells && changed(cells));
  const keep = (row: Generation) => change((cells) => withRow(cells, row));
  const allAgain = inAWhile(() => void queryClient.invalidateQueries({ queryKey }), ALL_AGAIN_MS);
  const reread = inAWhile(() => {
    const due = [...stale];
    stale.clear();
    if (due.length > MOST_SINGLE) return allAgain();
    for (const id of due) {
      readCell(id)
        .then(keep)
        .catch(
          (failure) => failure instanceof ApiFailure && failure.status === 404 && change((all) => without(all, id)),
        );
    }
  }, GATHER_MS);
  return onGeneration(({ id, change: what, row, seq }: Heard) => {
    if (!known()) return allAgain();
    if (row?.batch_id === batchId) return keep(row);
    const cell = [...(known()?.values() ?? [])].find((one) => one.id === id);
    if (what === "deleted") change((cells) => without(cells, id));
    else if (what === "restored" && !cell) allAgain();
    else if (cell && (seq === undefined || cell.seq < seq)) {
      stale.add(id);
      reread();
    }
  });
}

const without = (cells: Cells, id: string): Cells => new Map([...cells].filter(([, row]) => row.id !== id));
