import { Ban } from "lucide-react";
import { useEffect, useState } from "react";
import type { Generation } from "@/api/types";
import { ProgressBar } from "@/ui/progress-bar";
import { cancel } from "./act";
import { ActionButton } from "./action-button";
import { nameOf, type Shown } from "./shown";

/** How far it is. */
export function Running({ row, shown }: { row: Generation; shown: Shown }) {
  const { percent, node } = shown;
  const doing = shown.status === "running" ? (node ?? "Starting") : "Reading the result";
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <ProgressBar
        label={`Progress: ${nameOf(row)}`}
        percent={percent}
        text={`${percent} %, ${doing}`}
        className="min-w-40 flex-1"
      />
      <span className="w-12 whitespace-nowrap text-right tabular-nums">{percent} %</span>
      <span className="max-w-48 truncate text-soft">{doing}</span>
      {row.started_at && <Elapsed since={row.started_at} />}
      <Cancel row={row} />
    </div>
  );
}

function Elapsed({ since }: { since: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((now - Date.parse(since)) / 1_000));
  const text = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return <span className="text-soft tabular-nums">{text}</span>;
}

export function Cancel({ row }: { row: Generation }) {
  const isAsked = row.cancel_requested_at !== null;
  return (
    <ActionButton
      writes
      look="plain"
      disabled={isAsked}
      label={isAsked ? "Cancelling" : "Cancel"}
      Icon={Ban}
      run={() => cancel(row)}
    />
  );
}
