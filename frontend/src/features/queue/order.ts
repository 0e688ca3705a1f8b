import type { Generation } from "@/api/types";

type Placed = Pick<Generation, "id" | "created_by" | "priority" | "batch_id" | "session_id">;

type Waiting = Placed & Pick<Generation, "ahead" | "held_at">;

/**
 * As they will most likely begin (docs/api.md, "Order of the queue"): by priority, people in turn, of each first what
 * was put in front, then batches and sessions in turn. What is held comes last: nobody knows when.
 */
export function inTurn<Row extends Waiting>(rows: readonly Row[]): Row[] {
  const free = rows.filter(({ held_at }) => held_at === null);
  const priorities = [...new Set(free.map(({ priority }) => priority))].sort((one, other) => other - one);
  const ordered = priorities.flatMap((priority) => {
    const equal = free.filter((row) => row.priority === priority);
    return inTurns(grouped(equal, ({ created_by }) => created_by).map(ofOne));
  });
  return [...ordered, ...rows.filter(({ held_at }) => held_at !== null)];
}

const ofOne = <Row extends Waiting>(rows: readonly Row[]): Row[] => [
  ...rows.filter(({ ahead }) => ahead),
  ...inTurns(
    grouped(
      rows.filter(({ ahead }) => !ahead),
      ({ batch_id, session_id }) => batch_id ?? session_id,
    ),
  ),
];

function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string | null): Row[][] {
  const groups = new Map<string | null, Row[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return [...groups.values()];
}

/** One of each group, then the next of each. */
function inTurns<Row>(groups: readonly Row[][]): Row[] {
  const longest = Math.max(0, ...groups.map(({ length }) => length));
  return Array.from({ length: longest }, (_, round) => groups.flatMap((group) => group.slice(round, round + 1))).flat();
}

/** Those that take turns among themselves: of one person, priority, and batch or session (docs/api.md). */
const isBeside = (one: Placed, other: Placed) =>
  one.created_by === other.created_by &&
  one.priority === other.priority &&
  (one.batch_id ?? one.session_id) === (other.batch_id ?? other.session_id);

/** Past whom it goes by one step earlier (-1) or later (1); null where there is nobody. */
export function neighbourOf<Row extends Placed>(rows: readonly Row[], id: string, step: -1 | 1): Row | null {
  const start = rows.findIndex((row) => row.id === id);
  const own = rows[start];
  if (!own) return null;
  const ahead = step === 1 ? rows.slice(start + 1) : rows.slice(0, start).reverse();
  return ahead.find((row) => isBeside(row, own)) ?? null;
}

interface WaitingTask {
  status: string;
  priority: number;
  created_at: string;
  run_after: string;
}

/** What runs first, then by priority, then in the order of asking; who is to begin later comes last. */
export function inOrder<Row extends WaitingTask>(tasks: readonly Row[], now: number): Row[] {
  const due = ({ run_after }: Row) => Math.max(0, Date.parse(run_after) - now);
  return [...tasks].sort(
    (one, other) =>
      Number(other.status === "running") - Number(one.status === "running") ||
      due(one) - due(other) ||
      other.priority - one.priority ||
      one.created_at.localeCompare(other.created_at),
  );
}
