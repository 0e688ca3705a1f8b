import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { dayShown } from "@/features/usage/days";
import { moneyShown } from "@/features/usage/money";
import { usageOptions } from "@/features/usage/queries";
import { type Bar, BarChart, type BarTone, sumOf } from "@/ui/bar-chart";
import { Failed } from "@/ui/notice";
import { Panel } from "@/ui/panel";
import { SkeletonList } from "@/ui/skeleton";
import { durationShown } from "./duration";
import { daysOptions } from "./queries";

const WORK: { name: string; tone: BarTone }[] = [
  { name: "Pictures", tone: "accent" },
  { name: "Tasks", tone: "warn" },
  { name: "Failed", tone: "bad" },
];

/** Work, time and money of the last 30 days. */
export function Charts() {
  const { data, error, refetch } = useQuery(daysOptions);
  if (!data && error)
    return <Failed what="The charts could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={1} className="h-48" />;
  const work = data.days.map(({ day, generations, tasks }) => ({
    label: dayShown(day),
    values: [generations.completed, tasks.complete, generations.failed + tasks.failed],
  }));
  const time = data.days.map(({ day, generation_seconds, task_seconds }) => ({
    label: dayShown(day),
    values: [generation_seconds, task_seconds],
  }));
  return (
    <Panel title="The last 30 days" aside="days in UTC">
      <div className="grid gap-4 lg:grid-cols-3">
        <Titled title="Work done" total={totalOf(work.map(withoutFailed)).toLocaleString()}>
          <BarChart label="Work per day" series={WORK} bars={work} shown={(count) => count.toLocaleString()} />
        </Titled>
        <Titled title="Time it took" total={durationShown(totalOf(time))}>
          <BarChart label="Time per day" series={WORK.slice(0, 2)} bars={time} shown={durationShown} />
        </Titled>
        <Cost days={data.days.map(({ day }) => day)} />
      </div>
    </Panel>
  );
}

const withoutFailed = ({ label, values }: Bar): Bar => ({ label, values: values.slice(0, 2) });

const totalOf = (bars: readonly Bar[]) => sumOf(bars.map(({ values }) => sumOf(values)));

function Titled({ title, total, children }: { title: string; total: string; children: React.ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <h3 className="flex items-baseline gap-2 font-medium text-sm">
        {title} <span className="text-soft tabular-nums">{total}</span>
      </h3>
      {children}
    </div>
  );
}

function Cost({ days }: { days: readonly string[] }) {
  const last = days.at(-1) ?? "";
  const first = days[0] ?? last;
  const { data, error, refetch } = useQuery(usageOptions({ first, last, groupBy: "day" }));
  if (!data && error) return <Failed what="The cost could not be read" error={error} onRetry={() => void refetch()} />;
  const of = new Map(data?.groups.map(({ key, cost_usd }) => [key, cost_usd ?? 0]));
  const bars = days.map((day) => ({ label: dayShown(day), values: [of.get(day) ?? 0] }));
  const unpriced = data?.totals.unpriced_calls ?? 0;
  return (
    <Titled title="Cost of models" total={data ? moneyShown(data.totals.cost_usd) : ""}>
      <BarChart label="Cost per day" series={[{ name: "Cost", tone: "good" }]} bars={bars} shown={moneyShown} />
      <p className="text-soft text-xs">
        {unpriced > 0 && `${unpriced.toLocaleString()} calls without a known price are not in it. `}
        <Link to={`/usage?from=${first}&to=${last}`} className="text-accent underline">
          More about usage
        </Link>
      </p>
    </Titled>
  );
}
