import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Link } from "react-router";
import type { Generation } from "@/api/types";
import { ExportButton } from "@/features/library/export-button";
import { picturesOptions } from "@/features/projects/queries";
import { Failed } from "@/ui/notice";
import { Skeleton } from "@/ui/skeleton";

/** The newest that the project's sessions have made. */
export function Pictures({ projectId, name }: { projectId: string; name: string }) {
  const { data: rows, error, refetch } = useQuery(picturesOptions(projectId));
  const titleId = useId();
  return (
    <section aria-labelledby={titleId} className="flex flex-col gap-2">
      <div className="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-1">
        <h2 id={titleId} className="font-semibold">
          Newest pictures
        </h2>
        {rows && rows.length > 0 && (
          <div className="ml-auto flex flex-wrap items-center gap-2">
            <Link
              to={`/library?project_id=${projectId}`}
              className="inline-flex min-h-9 items-center text-accent text-sm underline"
            >
              All in the library
            </Link>
            <ExportButton of={{ kind: "project", id: projectId }} name={name} />
          </div>
        )}
      </div>
      {!rows && error && <Failed what="The pictures could not be read" error={error} onRetry={() => void refetch()} />}
      {!rows && !error && <Skeleton className="h-40" />}
      {rows?.length === 0 && <p className="text-soft text-sm">Nothing has been made in these sessions yet.</p>}
      {rows && rows.length > 0 && (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(8rem,1fr))] gap-2">
          {rows.map((row) => (
            <Tile key={row.id} row={row} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Tile({ row }: { row: Generation }) {
  const first = row.outputs.find(({ thumbnail_url, media_type }) => thumbnail_url || media_type.startsWith("image/"));
  const label = row.prompt_text?.trim() || "Without a prompt";
  return (
    <li>
      <Link
        to={`/generations/${row.id}`}
        title={label.slice(0, 500)}
        className="grid aspect-square place-items-center overflow-hidden rounded-lg border border-line bg-sunken"
      >
        {first ? (
          <img
            src={first.thumbnail_url ?? first.url}
            alt={label.slice(0, 200)}
            loading="lazy"
            decoding="async"
            className="size-full object-cover"
          />
        ) : (
          <span className="line-clamp-4 break-words p-2 text-soft text-xs">{label}</span>
        )}
      </Link>
    </li>
  );
}
