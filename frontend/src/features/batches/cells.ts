import type { Generation } from "@/api/types";
import { newer } from "@/features/generations/merge";

/** All generations of a batch by their place in it. */
export type Cells = ReadonlyMap<number, Generation>;

/** What has come by itself while all were read is not older again. */
export function withNewest(known: Cells | undefined, told: Cells): Cells {
  return new Map(
    [...told].map(([place, row]) => {
      const before = known?.get(place);
      return [place, before ? newer(before, row) : row];
    }),
  );
}
