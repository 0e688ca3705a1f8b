import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { sessionsOptions } from "@/features/sessions/queries";
import { Select } from "@/ui/field";
import { LoadMore } from "@/ui/load-more";
import { Empty, Failed } from "@/ui/notice";
import { Page } from "@/ui/page";
import { useParam } from "@/ui/param";
import { SkeletonList } from "@/ui/skeleton";
import { BatchRow } from "./batch-row";
import { batchesOptions } from "./queries";

/** Every sweep and all variations, the newest first. */
export function BatchList() {
  const [sessionId, choose] = useParam("session_id");
  const { data: sessions = [] } = useQuery(sessionsOptions);
  const { data, error, refetch, ...pages } = useInfiniteQuery(batchesOptions(sessionId));
  const batches = data?.pages.flatMap((page) => page.data);
  return (
    <Page
      title="Batches"
      actions={
        sessions.length > 0 && (
          <Select
            aria-label="Of which session"
            value={sessionId}
            onChange={(event) => choose(event.target.value)}
            className="max-w-64"
          >
            <option value="">All sessions</option>
            {sessions.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </Select>
        )
      }
    >
      {!batches && error && (
        <Failed what="The batches could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {!batches && !error && <SkeletonList rows={5} className="h-20" />}
      {batches?.length === 0 && (
        <Empty
          title={sessionId === "" ? "No batches yet" : "This session has no batches"}
          sentence="A batch is many pictures at once: a sweep through some values, or variations of one picture. Start one with “Sweep…” beside “Generate”, or “Variations…” at a picture."
        >
          <Link to="/comfyui" className="text-accent underline">
            To ComfyUI
          </Link>
        </Empty>
      )}
      {batches && batches.length > 0 && (
        <ul aria-label="Batches" className="flex flex-col gap-2">
          {batches.map((batch) => (
            <BatchRow key={batch.id} batch={batch} />
          ))}
        </ul>
      )}
      <LoadMore {...pages} />
    </Page>
  );
}
