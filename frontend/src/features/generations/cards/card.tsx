import { clsx } from "clsx";
import { memo } from "react";
import type { Generation } from "@/api/types";
import { Marks } from "@/features/generations/marks/marks";
import { Badge } from "@/ui/badge";
import { useIsPhone } from "@/ui/phone";
import { RelativeTime } from "@/ui/relative-time";
import { isOver } from "../merge";
import { STATUSES } from "../statuses";
import { Actions, Corner } from "./actions";
import { Facts } from "./facts";
import { Failure } from "./failure";
import { Outputs } from "./outputs";
import { Preview } from "./preview";
import { PromptText } from "./prompt-text";
import { Running } from "./running";
import { nameOf, type Shown, useShown } from "./shown";
import { Waiting } from "./waiting";

interface CardProps {
  row: Generation;
  onReused: (() => void) | undefined;
}

/** One generation. Drawn again only when its row or its own progress changes. */
export const GenerationCard = memo(function GenerationCard({ row, onReused }: CardProps) {
  const shown = useShown(row);
  const isPhone = useIsPhone();
  const { label, tone, Icon } = STATUSES[shown.status];
  return (
    <article aria-label={`Generation: ${nameOf(row)}`} className="mx-auto max-w-3xl px-3 py-2">
      <div className="flex flex-col gap-3 rounded-xl border border-line bg-raised p-3 sm:p-4">
        <header className="flex items-center gap-2 text-soft text-sm">
          <Badge tone={tone}>
            <Icon size={12} aria-hidden className={shown.status === "running" ? "motion-safe:animate-spin" : ""} />
            {label}
          </Badge>
          <RelativeTime at={row.created_at} />
          <Corner row={row} />
        </header>
        <PromptText row={row} />
        <div
          {...(hasPicture(row, shown) ? { "data-picture-of": row.id } : {})}
          className={clsx("flex flex-col gap-3", row.outputs.length <= 1 && "sm:flex-row sm:items-start")}
        >
          <Media row={row} shown={shown} />
          <Facts row={row} isFolded={isPhone} />
        </div>
        <State row={row} shown={shown} />
        <Marks row={row} />
        <Actions row={row} onReused={onReused} />
      </div>
    </article>
  );
});

interface PartProps {
  row: Generation;
  shown: Shown;
}

const hasPicture = (row: Generation, shown: Shown) =>
  row.outputs.length > 0 || !(isOver(row) || shown.status === "pending");

export function Media({ row, shown }: PartProps) {
  if (row.outputs.length > 0) return <Outputs row={row} />;
  return hasPicture(row, shown) ? <Preview row={row} shown={shown} /> : null;
}

export function State({ row, shown }: PartProps) {
  if (row.status === "failed") return <Failure row={row} />;
  if (row.status === "completed" && row.outputs.length === 0) {
    return <p className="text-soft text-sm">The workflow ended without any output. Add a node that saves one.</p>;
  }
  if (isOver(row)) return null;
  return shown.status === "pending" ? <Waiting row={row} shown={shown} /> : <Running row={row} shown={shown} />;
}
