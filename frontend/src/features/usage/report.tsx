import { useQuery } from "@tanstack/react-query";
import { PROVIDERS } from "@/features/profiles/providers";
import { BarChart } from "@/ui/bar-chart";
import { Select } from "@/ui/field";
import { Failed } from "@/ui/notice";
import { Panel } from "@/ui/panel";
import { useParam } from "@/ui/param";
import { SkeletonList } from "@/ui/skeleton";
import { Cell, Row, Table } from "@/ui/table";
import { dayShown, daysBetween } from "./days";
import { GROUPS, useFilters } from "./filters";
import { moneyShown } from "./money";
import { type GroupBy, type Sums, type UsageGroup, type UsageReport, usageOptions } from "./queries";

/** Sums of the chosen time. */
export function Report() {
  const filters = useFilters();
  const { data, error, refetch } = useQuery(usageOptions(filters));
  if (!data && error) return <Failed what="The usage could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={2} className="h-24" />;
  return (
    <>
      <Totals totals={data.totals} />
      <Panel title="In detail" actions={<By value={filters.groupBy} />}>
        {data.group_by === "day" && filters.groupBy === "day" ? (
          <DayChart report={data} first={filters.first} last={filters.last} />
        ) : (
          <Groups groups={data.groups} by={data.group_by} />
        )}
      </Panel>
    </>
  );
}

function Totals({ totals }: { totals: Sums }) {
  const facts = [
    { term: "Cost", fact: moneyShown(totals.cost_usd) },
    { term: "Calls", fact: totals.calls.toLocaleString() },
    { term: "Failed", fact: totals.failed.toLocaleString() },
    { term: "Without a known price", fact: totals.unpriced_calls.toLocaleString() },
    { term: "Tokens read", fact: totals.input_tokens.toLocaleString() },
    { term: "of these cached", fact: totals.cached_tokens.toLocaleString() },
    { term: "Tokens written", fact: totals.output_tokens.toLocaleString() },
    { term: "of these thinking", fact: totals.reasoning_tokens.toLocaleString() },
  ];
  return (
    <section aria-label="Totals">
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-4">
        {facts.map(({ term, fact }) => (
          <div key={term} className="flex flex-col-reverse bg-raised p-3">
            <dt className="text-soft text-xs">{term}</dt>
            <dd className="break-words font-semibold text-lg tabular-nums">{fact}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function By({ value }: { value: GroupBy }) {
  const setBy = useParam("by")[1];
  return (
    <Select aria-label="Sums by" value={value} onChange={({ target }) => setBy(target.value)} className="w-36!">
      {GROUPS.map(({ value: by, label }) => (
        <option key={by} value={by}>
          By {label.toLowerCase()}
        </option>
      ))}
    </Select>
  );
}

interface DayChartProps {
  report: UsageReport;
  first: string;
  last: string;
}

function DayChart({ report, first, last }: DayChartProps) {
  const of = new Map(report.groups.map((group) => [group.key, group]));
  const days = daysBetween(first, last);
  const labels = days.length > 300 ? days : days.map(dayShown);
  const cost = days.map((day, index) => ({ label: labels[index] ?? day, values: [of.get(day)?.cost_usd ?? 0] }));
  const calls = days.map((day, index) => {
    const { calls: all = 0, failed = 0 } = of.get(day) ?? {};
    return { label: labels[index] ?? day, values: [all - failed, failed] };
  });
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <BarChart label="Cost per day" series={[{ name: "Cost", tone: "good" }]} bars={cost} shown={moneyShown} />
      <BarChart
        label="Calls per day"
        series={[
          { name: "Answered", tone: "accent" },
          { name: "Failed", tone: "bad" },
        ]}
        bars={calls}
        shown={(count) => count.toLocaleString()}
      />
    </div>
  );
}

const HEAD = ["Cost", "Calls", "Failed", "Unpriced", "Tokens read", "Tokens written"];

function Groups({ groups, by }: { groups: readonly UsageGroup[]; by: GroupBy }) {
  if (groups.length === 0)
    return <p className="text-soft text-sm">No model was called in this time with these filters.</p>;
  const name = GROUPS.find(({ value }) => value === by)?.label ?? "";
  return (
    <Table label={`Usage by ${name.toLowerCase()}`} head={[name, ...HEAD]}>
      {groups.map((group) => (
        <Row key={`${group.key} ${group.provider}`}>
          <Cell className="max-w-72 break-words font-medium">{nameOf(group, by)}</Cell>
          <Cell className="tabular-nums">{moneyShown(group.cost_usd)}</Cell>
          {[group.calls, group.failed, group.unpriced_calls, group.input_tokens, group.output_tokens].map(
            (count, index) => (
              <Cell key={HEAD[index + 1]} className="tabular-nums">
                {count.toLocaleString()}
              </Cell>
            ),
          )}
        </Row>
      ))}
    </Table>
  );
}

function nameOf({ key, name, provider }: UsageGroup, by: GroupBy): string {
  if (by === "profile") return name ?? (key === null ? "Without a profile" : "A profile that is gone");
  if (by === "provider" && provider) return PROVIDERS[provider].label;
  if (by === "model" && provider) return `${key} · ${PROVIDERS[provider].label}`;
  return key ?? "none";
}
