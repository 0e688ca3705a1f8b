import type { Batch } from "./queries";

type Told = Pick<Batch, "kind" | "axes" | "total">;

/** Places of the generations in a table: `rows[down][across]` is a `batch_index`. */
export interface Table {
  kind: "table";
  down: readonly unknown[];
  across: readonly unknown[];
  rows: readonly (readonly number[])[];
}

/** One after the other. */
export interface Plain {
  kind: "plain";
  places: readonly number[];
}

/** All combinations of its axes, and not the first with the first. */
export function isProduct({ kind, axes, total }: Told): boolean {
  return kind === "sweep" && axes.reduce((product, { values }) => product * values.length, 1) === total;
}

/** The axes after the second one, of which one value each is looked at. */
export const depthsOf = (batch: Told) => (isProduct(batch) ? batch.axes.slice(2) : []);

/** Which value of each further axis the address names; the first where it names none that there is. */
export function depthsAt(batch: Told, asked: string): number[] {
  const wanted = asked.split(",");
  return depthsOf(batch).map(({ values }, place) => {
    const at = Number(wanted[place]);
    return Number.isInteger(at) && at >= 0 && at < values.length ? at : 0;
  });
}

/** The first axis goes down, the second across; the last of all moves first in the order of the generations. */
export function gridOf(batch: Told, at: readonly number[]): Table | Plain {
  const [down, across] = batch.axes;
  if (!isProduct(batch) || !down || !across) {
    return { kind: "plain", places: Array.from({ length: batch.total }, (_, place) => place) };
  }
  const further = depthsOf(batch);
  const depth = further.reduce((product, { values }) => product * values.length, 1);
  const within = further.reduce((place, { values }, axis) => place * values.length + (at[axis] ?? 0), 0);
  const rows = down.values.map((_, row) =>
    across.values.map((_, column) => (row * across.values.length + column) * depth + within),
  );
  return { kind: "table", down: down.values, across: across.values, rows };
}
