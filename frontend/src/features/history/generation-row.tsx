import { Download, ImageOff, RotateCw } from "lucide-react";
import { Link } from "react-router";
import type { Generation } from "@/api/types";
import { useIsViewer } from "@/features/auth/me";
import { download } from "@/features/generations/cards/act";
import { ActionButton } from "@/features/generations/cards/action-button";
import { lengthOf } from "@/features/tasks/moments";
import { Badge } from "@/ui/badge";
import { RelativeTime } from "@/ui/relative-time";
import { rerun } from "./rerun";

export const ENDED_GENERATIONS = {
  completed: { label: "Complete", tone: "good" },
  failed: { label: "Failed", tone: "bad" },
  cancelled: { label: "Cancelled", tone: "warn" },
} as const;

export function GenerationRow({ row }: { row: Generation }) {
  const isViewer = useIsViewer();
  const ended = Object.entries(ENDED_GENERATIONS).find(([name]) => name === row.status)?.[1];
  const [output] = row.outputs;
  const name = row.prompt_text?.trim() || "Without a prompt";
  const facts = [
    row.checkpoint_name,
    row.width && row.height ? `${row.width} × ${row.height}` : null,
    row.generation_time_seconds === null ? null : lengthOf(row.generation_time_seconds),
  ];
  return (
    <li className="flex items-center gap-3 px-3 py-2 text-sm">
      <Thumbnail url={output?.thumbnail_url ?? null} />
      <div className="min-w-0 flex-1">
        <Link to={`/generations/${row.id}`} className="block truncate font-medium hover:underline">
          {name}
        </Link>
        <p className="wrap-anywhere line-clamp-2 text-soft text-xs">
          {facts
            .filter(Boolean)
            .map((fact) => `${fact} · `)
            .join("")}
          <RelativeTime at={row.completed_at ?? row.created_at} />
          {row.error && <span className="text-bad"> · {row.error}</span>}
        </p>
      </div>
      {ended && <Badge tone={ended.tone}>{ended.label}</Badge>}
      <div className="flex shrink-0">
        {output && (
          <ActionButton
            iconOnly
            label={`Download: ${name.slice(0, 60)}`}
            Icon={Download}
            run={() => download(row, output)}
          />
        )}
        {!isViewer && (
          <ActionButton iconOnly label={`Run again: ${name.slice(0, 60)}`} Icon={RotateCw} run={() => rerun(row)} />
        )}
      </div>
    </li>
  );
}

function Thumbnail({ url }: { url: string | null }) {
  if (url) return <img src={url} alt="" loading="lazy" className="size-10 shrink-0 rounded bg-sunken object-cover" />;
  return (
    <span className="flex size-10 shrink-0 items-center justify-center rounded bg-sunken text-soft">
      <ImageOff size={16} aria-hidden />
    </span>
  );
}
