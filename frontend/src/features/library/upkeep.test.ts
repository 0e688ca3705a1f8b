import { InfiniteQueryObserver } from "@tanstack/react-query";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import type { Generation } from "@/api/types";

type Answer = (rows: Generation[], nextCursor: string | null) => void;

/** What was asked for and has no answer yet, by its cursor. */
let asked: { cursor: string | null; answer: Answer }[] = [];

const ask = ({ url }: Request) =>
  new Promise<Response>((resolve) => {
    const answer: Answer = (data, next_cursor) =>
      resolve(Response.json({ data, next_cursor, pagination: { total: 3, total_is_capped: false } }));
    asked.push({ cursor: new URL(url).searchParams.get("cursor"), answer });
  });

vi.stubGlobal("location", { origin: "http://server" });
vi.stubGlobal("localStorage", { getItem: () => null });
vi.stubGlobal("fetch", ask);
vi.setConfig({ testTimeout: 60_000 });

const { queryClient } = await import("@/api/queries");
const { tellGeneration } = await import("@/features/generations/heard");
const { foundOptions } = await import("./queries");
const { keepFoundTrue } = await import("./upkeep");

const options = foundOptions({}, "newest");
const row = (id: string, seq = 1_000_000) => ({ id, seq, updated_at: "2026-01-01T00:00:00Z" }) as Generation;
const shown = () =>
  queryClient.getQueryData(options.queryKey)?.pages.map(({ data }) => data.map(({ id, seq }) => `${id}${seq / 1e6}`));

const PATIENT = { timeout: 30_000, interval: 5 };
const next = () => vi.waitUntil(() => asked.shift(), PATIENT);
const comes = (rows: string[][]) => vi.waitFor(() => expect(shown()).toEqual(rows), PATIENT);

keepFoundTrue();
beforeEach(() => {
  asked = [];
  queryClient.clear();
});
afterAll(() => {
  queryClient.clear();
  vi.unstubAllGlobals();
  vi.resetConfig();
});

/** The first page is there; gives the observer. */
async function read(): Promise<ReturnType<typeof observe>> {
  const observer = observe();
  const first = await next();
  first.answer([row("c"), row("b")], "b");
  await comes([["c1", "b1"]]);
  return observer;
}

function observe() {
  const observer = new InfiniteQueryObserver(queryClient, options);
  observer.subscribe(() => undefined);
  return observer;
}

it("keeps what came of a row while more was read", async () => {
  const observer = await read();
  void observer.fetchNextPage();
  const more = await next();
  tellGeneration({ id: "b", change: "updated", row: row("b", 2_000_000) });
  more.answer([row("a")], null);
  await comes([["c1", "b2"], ["a1"]]);
});

it("keeps what came of a row while all was read again", async () => {
  await read();
  void queryClient.invalidateQueries(options);
  const again = await next();
  tellGeneration({ id: "b", change: "updated", row: row("b", 3_000_000) });
  again.answer([row("c", 2_000_000), row("b", 2_000_000)], "b");
  await comes([["c2", "b3"]]);
});

it("reads anew what was under way when one was deleted", async () => {
  const observer = await read();
  void observer.fetchNextPage();
  const more = await next();
  tellGeneration({ id: "b", change: "deleted" });
  more.answer([row("a")], null);
  const anew = await next();
  expect(anew.cursor).toBe(null);
  anew.answer([row("c", 2_000_000)], null);
  await comes([["c2"]]);
});

it("reads anew what is read for the first time when one is deleted", async () => {
  observe();
  const first = await next();
  tellGeneration({ id: "b", change: "deleted" });
  const anew = await next();
  first.answer([row("c"), row("b")], null);
  anew.answer([row("c")], null);
  await comes([["c1"]]);
});
