import { clsx } from "clsx";
import { type PointerEvent, useState } from "react";

export type BarTone = "accent" | "good" | "bad" | "warn" | "neutral";

interface Series {
  name: string;
  tone: BarTone;
}

export interface Bar {
  label: string;
  /** One for each series, stacked in their order. */
  values: readonly number[];
}

interface BarChartProps {
  label: string;
  series: readonly Series[];
  bars: readonly Bar[];
  /** A value in words, with its unit. */
  shown: (value: number) => string;
}

const FILLS: Record<BarTone, string> = {
  accent: "bg-accent",
  good: "bg-good",
  bad: "bg-bad",
  warn: "bg-warn",
  neutral: "bg-control",
};

export const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Stacked bars. Arrow keys, a finger or the pointer tell of one; all of it also stands in a table below. */
export function BarChart({ label, series, bars, shown }: BarChartProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const highest = Math.max(0, ...bars.map(({ values }) => sumOf(values)));
  const last = bars.length - 1;
  const at = Math.min(chosen ?? last, last);
  const told = bars[at] ? saying(bars[at], series, shown) : "";
  const point = ({ currentTarget, clientX }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    setChosen(Math.max(0, Math.min(last, Math.floor(((clientX - left) / width) * bars.length))));
  };
  return (
    <figure aria-label={label} className="flex min-w-0 flex-col gap-1 rounded-lg border border-line bg-raised p-3">
      <p className="flex min-h-8 flex-wrap items-baseline gap-x-3 text-xs">
        <span className="tabular-nums">{told}</span>
        <span className="ml-auto text-soft">highest {shown(highest)}</span>
      </p>
      <div
        onPointerMove={point}
        onPointerLeave={() => setChosen(null)}
        className="relative rounded has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent"
      >
        <Bars series={series} bars={bars} highest={highest} at={chosen === null ? null : at} />
        <input
          type="range"
          aria-label={`${label}: which bar is told`}
          aria-valuetext={told}
          min={0}
          max={Math.max(last, 0)}
          value={Math.max(at, 0)}
          onChange={(event) => setChosen(Number(event.target.value))}
          onBlur={() => setChosen(null)}
          className="absolute inset-0 m-0 size-full cursor-crosshair opacity-0"
        />
      </div>
      <p aria-hidden className="flex justify-between text-soft text-xs tabular-nums">
        <span>{bars[0]?.label}</span>
        <span>{bars.length > 1 && bars[last]?.label}</span>
      </p>
      <Below label={label} series={series} bars={bars} shown={shown} />
    </figure>
  );
}

function saying({ label, values }: Bar, series: readonly Series[], shown: (value: number) => string): string {
  const parts = series.map(({ name }, index) => ({ name, value: values[index] ?? 0 })).filter(({ value }) => value > 0);
  if (parts.length === 0) return `${label}: nothing`;
  if (series.length === 1) return `${label}: ${shown(sumOf(values))}`;
  return `${label}: ${parts.map(({ name, value }) => `${name} ${shown(value)}`).join(", ")}`;
}

interface BarsProps extends Pick<BarChartProps, "series" | "bars"> {
  highest: number;
  at: number | null;
}

function Bars({ series, bars, highest, at }: BarsProps) {
  return (
    <div aria-hidden className="flex h-28 items-stretch gap-px border-line border-b">
      {bars.map(({ label, values }, index) => (
        <div
          key={label}
          className={clsx("flex min-w-0 flex-1 flex-col-reverse rounded-t-sm", index === at && "bg-hover")}
        >
          {series.map(({ name, tone }, part) => (
            <div
              key={name}
              className={clsx("last:rounded-t-sm", FILLS[tone])}
              style={{ height: `${highest === 0 ? 0 : (100 * (values[part] ?? 0)) / highest}%` }}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

function Below({ label, series, bars, shown }: BarChartProps) {
  return (
    <div className="flex flex-col gap-1 text-xs">
      {series.length > 1 && (
        <ul aria-label="Colours" className="flex flex-wrap gap-x-4 gap-y-1 text-soft">
          {series.map(({ name, tone }) => (
            <li key={name} className="flex items-center gap-1.5">
              <span aria-hidden className={clsx("size-2.5 rounded-sm", FILLS[tone])} />
              {name}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary className="min-h-9 cursor-pointer content-center text-soft">As a table</summary>
        <div className="max-h-72 overflow-auto">
          <table aria-label={label} className="w-full text-left tabular-nums">
            <thead>
              <tr className="text-soft">
                <th scope="col" className="py-1 pr-3 font-medium">
                  Of
                </th>
                {series.map(({ name }) => (
                  <th key={name} scope="col" className="py-1 pr-3 font-medium">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {bars.map((bar) => (
                <tr key={bar.label} className="border-line border-t">
                  <th scope="row" className="py-1 pr-3 font-normal">
                    {bar.label}
                  </th>
                  {series.map(({ name }, index) => (
                    <td key={name} className="py-1 pr-3">
                      {shown(bar.values[index] ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </div>
  );
}
