import { expect, test } from "vitest";
import type { Backend } from "@/api/types";
import { heard, queueOf, stateOf, summaryOf } from "./state";

const machine = (given: Partial<Backend>) =>
  ({
    id: "a",
    enabled: true,
    draining: false,
    status: "up",
    message: null,
    effective_slots: 2,
    ours: 0,
    queue: { running: 0, pending: 0 },
    ...given,
  }) as Backend;

test("what somebody has switched off is not called away, and what is away not draining", () => {
  expect(stateOf(machine({ enabled: false, status: "down" })).word).toBe("Switched off");
  expect(stateOf(machine({ draining: true, status: "down" })).word).toBe("Away");
  expect(stateOf(machine({ draining: true })).word).toBe("Draining");
  expect(stateOf(machine({ message: "It missed one." })).word).toBe("Missed a check");
  expect(stateOf(machine({})).word).toBe("Ready");
});

test("the sum counts slots only of what takes work", () => {
  const off = machine({ enabled: false, effective_slots: 8, queue: null });
  const busy = machine({ queue: { running: 2, pending: 5 } });
  expect(summaryOf([busy, off])).toBe("2 machines · 1 takes work · 2 slots · 2 running · 5 waiting");
  expect(summaryOf([machine({ effective_slots: 1 })])).toBe("1 machine · 1 slot · 0 running · 0 waiting");
});

test("a queue tells whose it is where others use the machine too", () => {
  expect(queueOf(machine({ queue: { running: 2, pending: 1 }, ours: 1 }))).toBe("2 running, 1 waiting (1 ours)");
  expect(queueOf(machine({ queue: { running: 1, pending: 0 }, ours: 1 }))).toBe("1 running, 0 waiting");
  expect(queueOf(machine({ queue: null }))).toBe("Not known");
  expect(queueOf(machine({}))).toBe("Empty");
});

test("an event changes its own machine, and no queue is known of one that is away", () => {
  const told = {
    id: "a",
    profile_id: "p",
    status: "down",
    message: "Refused.",
    enabled: true,
    draining: false,
  } as const;
  const before = machine({ queue: { running: 1, pending: 1 } });
  expect(heard(before, { ...told, queue_running: null, queue_pending: null })).toMatchObject({
    status: "down",
    message: "Refused.",
    queue: null,
  });
  const other = machine({ id: "b" });
  expect(heard(other, { ...told, queue_running: 3, queue_pending: 0 })).toBe(other);
});
