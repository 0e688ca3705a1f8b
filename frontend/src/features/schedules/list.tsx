import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ApiFailure } from "@/api/failure";
import { LoadMore } from "@/ui/load-more";
import { Empty, Failed } from "@/ui/notice";
import { useParam } from "@/ui/param";
import { SkeletonList } from "@/ui/skeleton";
import { ScheduleCard } from "./card";
import { scheduleOptions, schedulesOptions } from "./queries";
import type { Schedule } from "./schedule";

/** All schedules, newest first; one may be open with its runs, and stands first where the list has not come to it yet. */
export function ScheduleList({ onEdit }: { onEdit: (schedule: Schedule) => void }) {
  const [openId, setOpen] = useParam("id");
  const query = useInfiniteQuery(schedulesOptions);
  const { data, error, refetch } = query;
  const listed = data?.pages.flatMap((page) => page.rows) ?? [];
  const isSought = data !== undefined && openId !== "" && !listed.some(({ id }) => id === openId);
  const sought = useQuery({ ...scheduleOptions(openId), enabled: isSought });
  if (!data && error)
    return <Failed what="The schedules could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={3} className="h-32" />;
  const found = isSought && sought.data ? [sought.data] : [];
  const rows = [...new Map([...found, ...listed].map((row) => [row.id, row])).values()];
  const isGone = isSought && sought.error instanceof ApiFailure;
  if (rows.length === 0 && !isGone) {
    const sentence = "A schedule makes a task or a picture at a time, every night, or every Monday: whatever you like.";
    return <Empty title="Nothing is scheduled yet" sentence={sentence} />;
  }
  return (
    <>
      {isGone && (
        <p role="alert" className="text-sm">
          There is no such schedule. It may be deleted, or belong to another workspace.
        </p>
      )}
      <ul aria-label="Schedules" className="flex flex-col gap-3">
        {rows.map((schedule) => (
          <ScheduleCard
            key={schedule.id}
            schedule={schedule}
            isOpen={schedule.id === openId}
            onOpen={(isOpen) => setOpen(isOpen ? schedule.id : "")}
            onEdit={() => onEdit(schedule)}
          />
        ))}
      </ul>
      <LoadMore {...query} />
    </>
  );
}
