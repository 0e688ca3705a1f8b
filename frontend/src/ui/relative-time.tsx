import { useEffect, useState } from "react";

const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const SOON_MS = 20_000;
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

function relativeTime(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1_000));
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? [];
  return unit ? words.format(-Math.floor(seconds / size), unit) : "just now";
}

/** How long ago something was, kept true while it is shown; the exact time is its tooltip. */
export function RelativeTime({ at }: { at: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), SOON_MS);
    return () => clearInterval(timer);
  }, []);
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={exact.format(time)}>
      {relativeTime(time, Math.max(now, Date.now()))}
    </time>
  );
}
