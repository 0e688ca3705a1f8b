import { create } from "zustand";
import { api, body } from "@/api/client";
import { ApiFailure, messageOf } from "@/api/failure";
import { queryClient } from "@/api/queries";
import { eventsOf } from "@/api/stream";
import { NOT_BEGUN, type PullProgress, progressAfter } from "./pull-progress";

/** A download of a model that this window follows. It goes on while the window is open, on whatever page. */
export interface Pull {
  id: number;
  name: string;
  /** Null: the Ollama of the server's environment. */
  profileId: string | null;
  state: "running" | "done" | "failed" | "stopped";
  progress: PullProgress;
  error: string | null;
}

export const usePulls = create<{ pulls: readonly Pull[] }>(() => ({ pulls: [] }));

const stops = new Map<number, AbortController>();
let lastId = 0;

const change = (id: number, now: (pull: Pull) => Partial<Pull>) =>
  usePulls.setState(({ pulls }) => ({
    pulls: pulls.map((pull) => (pull.id === id ? { ...pull, ...now(pull) } : pull)),
  }));

export const isPulling = (profileId: string | null, name: string): boolean =>
  usePulls
    .getState()
    .pulls.some((pull) => pull.state === "running" && pull.profileId === profileId && pull.name === name);

/** Begins a download, or takes up one that was broken off. */
export function startPull(profileId: string | null, name: string): void {
  if (isPulling(profileId, name)) return;
  lastId += 1;
  const id = lastId;
  const stop = new AbortController();
  stops.set(id, stop);
  const pull: Pull = { id, name, profileId, state: "running", progress: NOT_BEGUN, error: null };
  usePulls.setState(({ pulls }) => ({
    pulls: [...pulls.filter((other) => other.name !== name || other.profileId !== profileId), pull],
  }));
  void follow(pull, stop.signal);
}

/** What was loaded until now stays with Ollama, so that another pull goes on from there. */
export const stopPull = (id: number): void => stops.get(id)?.abort();

export const forgetPull = (id: number): void =>
  usePulls.setState(({ pulls }) => ({ pulls: pulls.filter((pull) => pull.id !== id) }));

async function follow({ id, name, profileId }: Pull, signal: AbortSignal): Promise<void> {
  addEventListener("beforeunload", warn);
  try {
    const query = profileId === null ? {} : { profile_id: profileId };
    const asked = api.POST("/api/models/pull", { params: { query }, body: { name }, signal, parseAs: "stream" });
    await read(id, (await body(asked)) as unknown as ReadableStream<Uint8Array>);
    change(id, ({ progress }) => ({ state: "done", progress: { ...progress, status: "success", percent: 100 } }));
  } catch (failure) {
    if (signal.aborted) change(id, () => ({ state: "stopped" }));
    else change(id, () => ({ state: "failed", error: messageOf(failure) }));
  }
  stops.delete(id);
  if (stops.size === 0) removeEventListener("beforeunload", warn);
  void queryClient.invalidateQueries({ queryKey: ["models"] });
}

async function read(id: number, stream: ReadableStream<Uint8Array>): Promise<void> {
  for await (const { name, data } of eventsOf(stream)) {
    if (name === "done") return;
    const told = JSON.parse(data);
    if (name === "error") throw new ApiFailure(told.statusCode, told);
    if (name === "progress") change(id, ({ progress }) => ({ progress: progressAfter(progress, told) }));
  }
  throw new Error("The connection to the server broke off. Pull the model again to go on.");
}

/** Whoever closes the window ends the download. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
