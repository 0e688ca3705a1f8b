import { describe, expect, test } from "vitest";
import type { ActiveItem, Health } from "@/api/types";
import { bytesShown } from "@/ui/amounts";
import { durationShown } from "./duration";
import { newestOf } from "./newest";
import { orderQueue, withProgress } from "./queue-order";
import { adviceFor, SERVICE_NAMES, stateOf, summaryOf } from "./service-advice";

const item = (id: string, change: Partial<ActiveItem> = {}): ActiveItem => ({
  kind: "generation",
  id,
  session_id: "s",
  workflow_id: null,
  profile_id: null,
  prompt_text: "a lighthouse",
  status: "pending",
  progress: 0,
  current_node: null,
  seq: 1,
  waiting_reason: null,
  created_at: "2026-01-01T00:00:00Z",
  ...change,
});

describe("the queue", () => {
  test("shows what is at work before what waits, and counts what it does not show", () => {
    const waiting = Array.from({ length: 40 }, (_, at) => item(`p${at}`));
    const queue = orderQueue([...waiting, item("r", { status: "running" })], undefined);
    expect(queue.shown[0]?.id).toBe("r");
    expect(queue.shown).toHaveLength(10);
    expect([queue.running, queue.pending]).toEqual([1, 40]);
  });

  test("trusts the counts of the server where the list has been cut", () => {
    const waiting = Array.from({ length: 1_000 }, (_, at) => item(`p${at}`));
    expect(orderQueue(waiting, { running: 2, pending: 4_000 })).toMatchObject({ running: 2, pending: 4_000 });
  });

  test("believes an event only when it is newer than the list", () => {
    const heard = { seq: 5, status: "running" as const, percent: 60, node: "KSampler" };
    expect(withProgress(item("a"), heard)).toEqual({ status: "running", percent: 60, node: "KSampler" });
    expect(withProgress(item("a", { seq: 9, progress: 80 }), heard).percent).toBe(80);
  });
});

describe("the services", () => {
  const services = (down: string[]) =>
    Object.fromEntries(
      SERVICE_NAMES.map((name) => [name, { status: down.includes(name) ? "down" : "up", latency_ms: 1 }]),
    ) as NonNullable<Health["services"]>;

  test("are well without Ollama, and say which of the others is away", () => {
    expect(summaryOf(services(["ollama"])).isGood).toBe(true);
    expect(summaryOf(services(["redis", "worker"]))).toEqual({
      isGood: false,
      sentence: "Redis, Worker do not work; what to do stands under Services.",
    });
  });

  test("give advice only where there is something to do", () => {
    expect(adviceFor("worker", { status: "up", code: null })).toBeNull();
    expect(adviceFor("worker", { status: "down", code: null })).toContain("spoonfeeder worker");
    expect(adviceFor("ollama", { status: "off", code: null })).toBeNull();
    const refused = { status: "down" as const, code: "TARGET_NOT_ALLOWED" };
    expect(adviceFor("comfyui", refused)).toBeNull();
  });

  test("that may not be called are not said to be away", () => {
    const refused = { status: "down" as const, code: "TARGET_NOT_ALLOWED" };
    expect(stateOf("ollama", refused)).toEqual({ label: "Not allowed", tone: "neutral" });
    expect(stateOf("comfyui", refused)).toEqual({ label: "Not allowed", tone: "bad" });
    const silent = { status: "down" as const, code: "PROVIDER_UNREACHABLE" };
    expect(stateOf("ollama", silent)).toEqual({ label: "Not running", tone: "neutral" });
    expect(stateOf("comfyui", silent)).toEqual({ label: "Down", tone: "bad" });
    expect(stateOf("ollama", { status: "up", code: null }).label).toBe("Up");
  });
});

test("amounts of storage are read in the largest unit that fits", () => {
  expect([0, 1023, 1536, 5 * 2 ** 30].map(bytesShown)).toEqual(["0 B", "1,023 B", "1.5 KiB", "5 GiB"]);
});

test("what took long is told in its two largest units", () => {
  expect([0, 2.54, 95, 3_600, 7_265, 360_000].map(durationShown)).toEqual([
    "0 s",
    "2.5 s",
    "1 min 35 s",
    "1 h",
    "2 h 1 min",
    "100 h",
  ]);
});

test("the newest of all kinds stand in one order, and a batch stands for its pictures", () => {
  const at = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, "0")}:00Z`;
  const picture = { prompt_text: " ", completed_at: null, status: "pending" as const };
  const rows = newestOf({
    generations: [
      { ...picture, id: "g", created_at: at(1), batch_id: null },
      { ...picture, id: "of a batch", created_at: at(9), batch_id: "b" },
    ],
    tasks: [{ id: "t", name: "Poem", updated_at: at(3), status: "complete" }],
    conversations: Array.from({ length: 12 }, (_, index) => ({ id: `c${index}`, title: "Talk", updated_at: at(2) })),
    batches: [{ id: "b", kind: "sweep", total: 4, created_at: at(5) }],
  });
  expect(rows.map(({ id }) => id).slice(0, 3)).toEqual(["b", "t", "c0"]);
  expect(rows[1]?.status).toBe("completed");
  expect(rows).toHaveLength(10);
  expect(rows[0]).toMatchObject({ name: "4 pictures of a sweep", to: "/batches/b" });
});
