import { useQuery } from "@tanstack/react-query";
import type { Stats } from "@/api/types";
import { bytesShown } from "@/ui/amounts";
import { Failed } from "@/ui/notice";
import { Panel } from "@/ui/panel";
import { SkeletonList } from "@/ui/skeleton";
import { statsOptions } from "./queries";

/** What the workspace has. */
export function Numbers() {
  const { data: stats, error, refetch } = useQuery(statsOptions);
  if (!stats && error)
    return <Failed what="The counts could not be read" error={error} onRetry={() => void refetch()} />;
  if (!stats) return <SkeletonList rows={2} />;
  return (
    <Panel title="In this workspace">
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-4">
        {numbersOf(stats).map(({ term, shown }) => (
          <div key={term} className="flex flex-col-reverse bg-raised p-3">
            <dt className="text-soft text-xs">{term}</dt>
            <dd className="font-semibold text-lg tabular-nums">{shown}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function numbersOf({ generations, sessions, workflows, profiles, media_files, storage_bytes }: Stats) {
  return [
    { term: "Completed", shown: generations.completed.toLocaleString() },
    { term: "Failed", shown: generations.failed.toLocaleString() },
    { term: "Cancelled", shown: generations.cancelled.toLocaleString() },
    { term: "Sessions", shown: sessions.toLocaleString() },
    { term: "Workflows", shown: workflows.toLocaleString() },
    { term: "Profiles", shown: profiles.toLocaleString() },
    { term: "Files", shown: media_files.toLocaleString() },
    { term: "Storage used", shown: bytesShown(storage_bytes) },
  ];
}
