import { api, body, read } from "@/api/client";
import { ApiFailure, messageOf } from "@/api/failure";
import { fewAtOnce } from "@/api/few-at-once";
import { queryClient } from "@/api/queries";
import type { components } from "@/api/schema";
import type { Generation } from "@/api/types";
import { toast } from "@/ui/toast";

type Move = components["schemas"]["MoveInput"];
type Of = Pick<Generation, "id">;

const of = ({ id }: Of) => ({ params: { path: { generation_id: id } } });

const reread = () =>
  Promise.all([["generations"], ["tasks"], ["active"]].map((queryKey) => queryClient.invalidateQueries({ queryKey })));

/** Done once the list shows it, or told why not: also then it has changed meanwhile. */
async function attempt(trouble: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (failure) {
    toast({ kind: "error", message: `${trouble} ${messageOf(failure)}` });
  }
  await reread();
}

export const hold = (row: Of) =>
  attempt("Not held.", () => body(api.POST("/api/comfyui/generations/{generation_id}/hold", of(row))));

export const release = (row: Of) =>
  attempt("Not released.", () => body(api.POST("/api/comfyui/generations/{generation_id}/release", of(row))));

export const move = (row: Of, where: Move) =>
  attempt("Not moved.", () =>
    body(api.POST("/api/comfyui/generations/{generation_id}/move", { ...of(row), body: where })),
  );

export const cancelGeneration = (row: Of) => attempt("Not cancelled.", () => askCancel(row));

const askCancel = (row: Of) => body(api.POST("/api/comfyui/generations/{generation_id}/cancel", of(row)));

export const cancelTask = (row: Of) => attempt("Not cancelled.", () => askCancelTask(row));

const askCancelTask = ({ id }: Of) =>
  body(api.POST("/api/tasks/{task_id}/cancel", { params: { path: { task_id: id } } }));

export async function setPriority(row: Of, isTask: boolean, priority: number): Promise<void> {
  const input = { body: { priority } };
  if (isTask) await body(api.PATCH("/api/tasks/{task_id}", { params: { path: { task_id: row.id } }, ...input }));
  else await body(api.PATCH("/api/comfyui/generations/{generation_id}", { ...of(row), ...input }));
  await reread();
}

const AT_ONCE = 3;
const PAGE = 200;
const MOST_PAGES = 60;
const ENDED = new Set([404, 409]);

/** All that this person has waiting or running; what waits goes first, so that none begins because one before it ended. */
export async function cancelMine(userId: string): Promise<number> {
  const isMine = ({ created_by }: { created_by: string | null }) => created_by === userId;
  const running = await read(
    api.GET("/api/comfyui/generations", { params: { query: { status: ["running"], limit: PAGE } } }),
  );
  const generations = [...running, ...(await allOf(readWaiting))].filter(isMine).reverse();
  const mine = (await allOf(readTasks)).filter((task) => isMine(task) && task.generation_id === null);
  const jobs = [...generations.map((row) => () => askCancel(row)), ...mine.map((row) => () => askCancelTask(row))];
  await fewAtOnce(jobs, AT_ONCE, (job) => job().catch(unlessEnded)).finally(reread);
  return jobs.length;
}

interface Page<Row> {
  data: Row[];
  next_cursor: string | null;
}

/** Page by page, as far as anybody queues. */
async function allOf<Row>(readPage: (at: { cursor?: string }) => Promise<Page<Row>>): Promise<Row[]> {
  const found: Row[] = [];
  let next: string | null = "";
  for (let page = 0; page < MOST_PAGES && next !== null; page += 1) {
    const read: Page<Row> = await readPage(next === "" ? {} : { cursor: next });
    found.push(...read.data);
    next = read.next_cursor;
  }
  return found;
}

function readWaiting(at: { cursor?: string }) {
  const query = { status: ["pending" as const], sort: "queue" as const, limit: PAGE, ...at };
  return body(api.GET("/api/comfyui/generations", { params: { query } }));
}

function readTasks(at: { cursor?: string }) {
  const query = { status: ["pending" as const, "running" as const], limit: PAGE, ...at };
  return body(api.GET("/api/tasks", { params: { query } }));
}

function unlessEnded(failure: unknown): void {
  if (!(failure instanceof ApiFailure && ENDED.has(failure.status))) throw failure;
}
