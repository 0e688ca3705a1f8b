import { useQuery } from "@tanstack/react-query";
import { Grid3x3, Image, ListTodo, type LucideIcon, MessageSquare } from "lucide-react";
import { Link } from "react-router";
import { STATUSES } from "@/features/generations/statuses";
import { Badge } from "@/ui/badge";
import { Failed } from "@/ui/notice";
import { Panel } from "@/ui/panel";
import { RelativeTime } from "@/ui/relative-time";
import { SkeletonList } from "@/ui/skeleton";
import type { Newest } from "./newest";
import { activityOptions } from "./queries";

const ICONS: Record<Newest["kind"], LucideIcon> = {
  Picture: Image,
  Task: ListTodo,
  Chat: MessageSquare,
  Batch: Grid3x3,
};

/** What was made last, of all kinds. */
export function Activity() {
  const { data: rows, error, refetch } = useQuery(activityOptions);
  return (
    <Panel title="Lately">
      {rows ? (
        <Rows rows={rows} />
      ) : error ? (
        <Failed what="What was made lately could not be read" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonList rows={4} />
      )}
    </Panel>
  );
}

function Rows({ rows }: { rows: readonly Newest[] }) {
  if (rows.length === 0)
    return (
      <p className="rounded-lg border border-line border-dashed p-4 text-soft text-sm">
        Nothing was made yet. Pictures, tasks and chats come here.
      </p>
    );
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-raised">
      {rows.map((row) => (
        <ActivityRow key={row.id} row={row} />
      ))}
    </ul>
  );
}

function ActivityRow({ row: { kind, name, to, at, status } }: { row: Newest }) {
  const Icon = ICONS[kind];
  return (
    <li className="flex items-center gap-3 px-3 py-1 text-sm">
      <Icon size={16} role="img" aria-label={kind} className="shrink-0 text-soft" />
      <Link to={to} className="min-w-0 flex-1 truncate py-2 hover:underline">
        {name}
      </Link>
      {status && <Badge tone={STATUSES[status].tone}>{STATUSES[status].label}</Badge>}
      <span className="shrink-0 text-soft text-xs">
        <RelativeTime at={at} />
      </span>
    </li>
  );
}
