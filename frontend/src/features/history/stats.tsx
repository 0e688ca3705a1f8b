import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import type { components } from "@/api/schema";
import { PROVIDERS } from "@/features/profiles/providers";
import { lengthOf } from "@/features/tasks/moments";
import { TYPES } from "@/features/tasks/task";
import { Failed } from "@/ui/notice";
import { Skeleton } from "@/ui/skeleton";
import { Cell, Row, Table } from "@/ui/table";
import { costShown, sumOf } from "./sums";

type Statistics = components["schemas"]["TaskStatistics"];

const statsOptions = (range: { from?: string; to?: string }) =>
  queryOptions({
    queryKey: ["tasks", "stats", range],
    queryFn: ({ signal }) => read(api.GET("/api/tasks/stats", { params: { query: range }, signal })),
    placeholderData: keepPreviousData,
  });

const HEAD = [
  "Provider",
  "Type",
  "Tasks",
  "Complete",
  "Failed",
  "Cancelled",
  "On average",
  "Tokens in",
  "Tokens out",
  "Cost",
];

/** What the tasks of these days came to, by who made what. */
export function TaskStats(range: { from?: string; to?: string }) {
  const { data, error, refetch } = useQuery(statsOptions(range));
  if (!data && error)
    return <Failed what="The statistics could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton className="h-20" />;
  if (data.groups.length === 0) return null;
  const all = sumOf(data.groups);
  return (
    <details open className="group">
      <summary className="min-h-9 cursor-pointer py-1.5 text-sm">
        <span className="font-semibold">Totals</span>{" "}
        <span className="text-soft">
          {all.total.toLocaleString()} tasks, {all.complete.toLocaleString()} complete, {all.failed.toLocaleString()}{" "}
          failed, {costShown(all)}
        </span>
      </summary>
      <Table label="Totals by provider and type" head={HEAD}>
        {data.groups.map((group) => (
          <GroupRow key={`${group.provider} ${group.type}`} group={group} />
        ))}
      </Table>
    </details>
  );
}

function GroupRow({ group }: { group: Statistics }) {
  const numbers = [group.total, group.complete, group.failed, group.cancelled];
  const mean = group.mean_duration_seconds;
  return (
    <Row>
      <Cell>{PROVIDERS[group.provider].label}</Cell>
      <Cell>{TYPES[group.type].label}</Cell>
      {numbers.map((number, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: columns.
        <Cell key={place} className="tabular-nums">
          {number.toLocaleString()}
        </Cell>
      ))}
      <Cell className="whitespace-nowrap tabular-nums">{mean === null ? "–" : lengthOf(mean)}</Cell>
      <Cell className="tabular-nums">{group.input_tokens.toLocaleString()}</Cell>
      <Cell className="tabular-nums">{group.output_tokens.toLocaleString()}</Cell>
      <Cell className="whitespace-nowrap tabular-nums">{costShown(group)}</Cell>
    </Row>
  );
}
