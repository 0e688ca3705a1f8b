import type { Generation } from "@/api/types";
import { newer } from "@/features/generations/merge";

/** All generations of a batch by their place in it. */
export type Cells = ReadonlyMap<number, Generation>;

/** What has come by itself while all were read is not older again. */
export function withNewest(known: Cells | undefined, told: Cells): Cells {
  return new Map([...told].map(([place, row]) => [place, newest(known?.get(place), row)]));
}

/** One that was read by itself; its answers may come in another order than they were asked for. */
export const withRow = (cells: Cells, row: Generation): Cells =>
  new Map([...cells, [row.batch_index, newest(cells.get(row.batch_index), row)]]);

const newest = (before: Generation | undefined, row: Generation) => (before ? newer(before, row) : row);
