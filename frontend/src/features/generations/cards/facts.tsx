import type { ReactNode } from "react";
import type { Generation, LoraUsed } from "@/api/types";

/** The parameters that have a place of their own in the row; `loras` is shown as what was used. */
const SHOWN_ABOVE = new Set([
  ...["seed", "steps", "cfg_scale", "width", "height", "sampler_name", "scheduler", "batch_size", "checkpoint_name"],
  "loras",
]);

const finished = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

function factsOf(row: Generation): [string, ReactNode][] {
  const facts: [string, ReactNode][] = [
    ["Seed", row.seed],
    ["Steps", row.steps],
    ["CFG", row.cfg_scale],
    ["Size", row.width !== null && row.height !== null ? `${row.width} × ${row.height}` : null],
    ["Batch", row.batch_size > 1 ? row.batch_size : null],
    ["Sampler", row.sampler_name],
    ["Scheduler", row.scheduler],
    ["Checkpoint", row.checkpoint_name],
    ["LoRAs", row.loras_used.length > 0 ? row.loras_used.map(loraText).join(", ") : null],
    ["Time", row.generation_time_seconds === null ? null : `${row.generation_time_seconds.toFixed(1)} s`],
  ];
  return facts.filter(([, value]) => value !== null);
}

function loraText({ name, strength_model, strength_clip }: LoraUsed): string {
  return strength_model === strength_clip
    ? `${name} (${strength_model})`
    : `${name} (model ${strength_model}, text ${strength_clip})`;
}

interface FactsProps {
  row: Generation;
  isOpen?: boolean;
  /** Nothing stands before "All parameters". */
  isFolded?: boolean;
}

/** How it was made, and behind "All parameters" what else was set. */
export function Facts({ row, isOpen = false, isFolded = false }: FactsProps) {
  const facts = factsOf(row);
  const others = Object.entries(row.parameters).filter(([name]) => !SHOWN_ABOVE.has(name));
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-1.5 text-sm">
      {!isFolded && <List facts={facts} />}
      {row.warnings.map((warning) => (
        <p key={warning} className="break-words text-warn">
          {warning}
        </p>
      ))}
      <details open={isOpen}>
        <summary className="min-h-6 w-fit cursor-pointer rounded text-soft">All parameters</summary>
        <List
          facts={[
            ...(isFolded ? facts : []),
            ...others.map(([name, value]): [string, ReactNode] => [name, valueText(value)]),
            ["Asked for", finished.format(Date.parse(row.created_at))],
            ...(row.completed_at ? [["Ended", finished.format(Date.parse(row.completed_at))] as [string, string]] : []),
          ]}
        />
      </details>
    </div>
  );
}

const valueText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function List({ facts }: { facts: readonly [string, ReactNode][] }) {
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-1">
      {facts.map(([name, value]) => (
        <div key={name} className="flex min-w-0 gap-1.5">
          <dt className="shrink-0 text-soft">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
