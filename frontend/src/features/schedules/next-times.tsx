import { wallTime } from "./cron";
import type { NextRun } from "./schedule";
import { ownZone } from "./schedule-form";

const HERE = new Intl.DateTimeFormat("en", {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** When it comes, by the clock of its zone, and by this one where that shows another time. */
export function NextTimes({ runs, zone, label }: { runs: readonly NextRun[]; zone: string; label: string }) {
  return (
    <ol aria-label={label} className="flex flex-col gap-0.5 text-sm tabular-nums">
      {runs.map(({ at, local }) => (
        <NextTime key={at} at={at} local={local} zone={zone} />
      ))}
    </ol>
  );
}

function NextTime({ at, local, zone }: NextRun & { zone: string }) {
  const [there, here] = [wallTime(local), HERE.format(new Date(at))];
  return (
    <li>
      <time dateTime={at}>{there}</time> <span className="text-soft text-xs">{zone}</span>
      {there !== here && (
        <span className="text-soft text-xs">
          {" "}
          = {here} here ({ownZone()})
        </span>
      )}
    </li>
  );
}
