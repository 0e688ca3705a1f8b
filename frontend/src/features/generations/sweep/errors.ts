/** What the server said against a sweep: by the place of the axis, and all else. */
export interface SweepErrors {
  ofAxes: ReadonlyMap<number, readonly string[]>;
  others: readonly string[];
}

const OF_AXIS = /^(?:body\.)?axes\.(\d+)(?:\.values\.(\d+))?/;

export function sweepErrors(fields: Readonly<Record<string, string>>): SweepErrors {
  const ofAxes = new Map<number, string[]>();
  const others: string[] = [];
  for (const [loc, message] of Object.entries(fields)) {
    const [, axis, value] = OF_AXIS.exec(loc) ?? [];
    if (axis === undefined) others.push(message);
    else {
      const told = value === undefined ? message : `Value ${Number(value) + 1}: ${message}`;
      ofAxes.set(Number(axis), [...(ofAxes.get(Number(axis)) ?? []), told]);
    }
  }
  return { ofAxes, others };
}
