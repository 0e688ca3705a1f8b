import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { useSearchParams } from "react-router";
import { LoadMore } from "@/ui/load-more";
import { Empty, Failed } from "@/ui/notice";
import { RelativeTime } from "@/ui/relative-time";
import { SkeletonList } from "@/ui/skeleton";
import { Cell, Row, Table } from "@/ui/table";
import { ChoiceFilter, DayFilter, Filters, PersonFilter, TextFilter } from "./filters";
import { type ApiCall, callsOptions } from "./queries";

const asChoices = (values: readonly string[]) => values.map((value) => ({ value, label: value }));

const METHODS = asChoices(["GET", "POST", "PUT", "PATCH", "DELETE"]);
const STATUSES = asChoices(["200", "201", "400", "401", "403", "404", "409", "422", "429", "500", "502", "503", "504"]);
const PROVIDERS = asChoices(["comfyui", "ollama", "openai", "gemini", "claude"]);

/** The requests of the last days, by people and programs. */
export function CallLog() {
  const [params] = useSearchParams();
  const of = (name: string) => params.get(name) ?? "";
  const filter = {
    from: of("from"),
    to: of("to"),
    user: of("user"),
    method: of("method"),
    status: of("status"),
    route: of("route"),
    provider: of("provider"),
  };
  const query = useInfiniteQuery({ ...callsOptions(filter), placeholderData: keepPreviousData });
  const calls = query.data?.pages.flatMap((page) => page.data);
  return (
    <>
      <Filters>
        <DayFilter name="from" label="From" />
        <DayFilter name="to" label="To" />
        <PersonFilter />
        <ChoiceFilter name="method" label="Method" all="All" choices={METHODS} />
        <ChoiceFilter name="status" label="Status" all="All" choices={STATUSES} />
        <TextFilter name="route" label="Route" placeholder="/api/tasks/{task_id}" />
        <ChoiceFilter name="provider" label="Provider" all="All" choices={PROVIDERS} />
      </Filters>
      {query.isError && (
        <Failed what="The log could not be read" error={query.error} onRetry={() => void query.refetch()} />
      )}
      {!calls && !query.isError && <SkeletonList rows={8} className="h-9" />}
      {calls && !query.isError && <Calls calls={calls} />}
      <LoadMore {...query} />
    </>
  );
}

const HEAD = ["When", "Method", "Route", "Status", "Took", "Who", "Provider", "From"];

function Calls({ calls }: { calls: readonly ApiCall[] }) {
  if (calls.length === 0)
    return <Empty title="Nothing found" sentence="No request of these days meets these filters." />;
  return (
    <Table label="API log" head={HEAD}>
      {calls.map((call) => (
        <CallRow key={call.id} call={call} />
      ))}
    </Table>
  );
}

function CallRow({ call }: { call: ApiCall }) {
  const { at, method, route, status, duration_ms, user_name, user_email, api_key_id, provider, peer } = call;
  return (
    <Row>
      <Cell className="whitespace-nowrap text-soft">
        <RelativeTime at={at} />
      </Cell>
      <Cell>
        <code>{method}</code>
      </Cell>
      <Cell className="max-w-96 break-words">
        <code>{route}</code>
      </Cell>
      <Cell className={clsx("tabular-nums", status >= 500 ? "text-bad" : status >= 400 ? "text-warn" : "text-good")}>
        {status}
      </Cell>
      <Cell className="whitespace-nowrap text-right tabular-nums">{took(duration_ms)}</Cell>
      <Cell className="whitespace-nowrap" title={user_email ?? ""}>
        {user_name ?? "nobody"}
        {api_key_id && <span className="text-soft"> (API key)</span>}
      </Cell>
      <Cell>{provider}</Cell>
      <Cell className="whitespace-nowrap text-soft">{peer}</Cell>
    </Row>
  );
}

const took = (ms: number) => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);
