import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { api, body } from "@/api/client";
import type { GenerationStatus } from "@/api/types";
import { ExportButton } from "@/features/library/export-button";
import { Choice, Days } from "@/features/tasks/filter-bar";
import { dayStart } from "@/features/tasks/filters";
import { usePollMs } from "@/features/tasks/queries";
import { LateSearch } from "@/ui/late-search";
import { LoadMore } from "@/ui/load-more";
import { Empty, Failed } from "@/ui/notice";
import { useParam } from "@/ui/param";
import { SkeletonList } from "@/ui/skeleton";
import { ENDED_GENERATIONS, GenerationRow } from "./generation-row";

const PAGE = 30;

interface Filter {
  status: GenerationStatus[];
  q?: string;
  from?: string;
  to?: string;
}

const historyOptions = (filter: Filter) =>
  infiniteQueryOptions({
    queryKey: ["generations", "history", filter],
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filter, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) };
      const page = await body(api.GET("/api/comfyui/generations", { params: { query }, signal }));
      return { rows: page.data, total: page.pagination, next: page.next_cursor };
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    meta: { upkeep: "counts" },
  });

function useFilter(): Filter {
  const [params] = useSearchParams();
  const [from, to] = [dayStart(params.get("from")), dayStart(params.get("to"), 1)];
  const wanted = Object.keys(ENDED_GENERATIONS) as (keyof typeof ENDED_GENERATIONS)[];
  const status = wanted.filter((name) => params.get("status") === name);
  const q = params.get("q")?.trim();
  return {
    status: status.length > 0 ? status : wanted,
    ...(q ? { q } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  };
}

/** The generations that have ended, of all sessions. */
export function GenerationHistory() {
  return (
    <>
      <GenerationFilters />
      <Found filter={useFilter()} />
    </>
  );
}

function GenerationFilters() {
  const [q, setQ] = useParam("q");
  const statuses = Object.entries(ENDED_GENERATIONS).map(([name, { label }]) => [name, label] as const);
  return (
    <search aria-label="Filter the generations" className="flex flex-wrap gap-2 *:w-auto! *:grow *:basis-34">
      <LateSearch
        label="Search in prompts"
        placeholder="Search in prompts"
        value={q}
        onChange={setQ}
        className="basis-72!"
      />
      <Choice name="status" label="Status" choices={statuses} />
      <Days />
    </search>
  );
}

function Found({ filter }: { filter: Filter }) {
  const query = useInfiniteQuery({ ...historyOptions(filter), refetchInterval: usePollMs() });
  const { data, error, refetch } = query;
  if (!data && error)
    return <Failed what="The history could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={6} className="h-14" />;
  const rows = [...new Map(data.pages.flatMap((page) => page.rows).map((row) => [row.id, row])).values()];
  if (rows.length === 0)
    return (
      <Empty title="Nothing found" sentence="No ended generation fits. Pictures stand here once they have ended." />
    );
  const { total = rows.length, total_is_capped: isCapped } = data.pages[0]?.total ?? {};
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <p role="status" className="mr-auto text-soft text-sm">
          {`${total.toLocaleString()}${isCapped ? " or more" : ""} ended ${total === 1 ? "generation" : "generations"}`}
        </p>
        <Link to="/library" className="text-accent text-sm underline">
          More filters in the library
        </Link>
        <ExportButton of={{ filters: { ...filter } }} name="history" />
      </div>
      <ul
        aria-label="Ended generations"
        className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-raised"
      >
        {rows.map((row) => (
          <GenerationRow key={row.id} row={row} />
        ))}
      </ul>
      <LoadMore {...query} />
    </>
  );
}
