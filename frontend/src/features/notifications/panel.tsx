import { useInfiniteQuery } from "@tanstack/react-query";
import { CheckCheck } from "lucide-react";
import { type RefObject, useRef } from "react";
import { useMay } from "@/features/auth/me";
import { Button } from "@/ui/button";
import { LoadMore } from "@/ui/load-more";
import { Failed } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";
import { useMarkAllRead } from "./changes";
import { notificationsOptions } from "./queries";
import { NotificationRow } from "./row";

interface NotificationPanelProps {
  unread: number;
  /** After a way to something was taken. */
  onLeave: () => void;
}

export function NotificationPanel({ unread, onLeave }: NotificationPanelProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const markAll = useMarkAllRead();
  const mayWrite = useMay("write");
  const readAll = () => {
    heading.current?.focus();
    markAll.mutate();
  };
  return (
    <>
      <header className="flex min-h-12 flex-wrap items-center gap-x-3 border-line border-b px-3 py-1">
        <h2 ref={heading} tabIndex={-1} className="flex-1 font-semibold outline-none">
          Notifications
        </h2>
        {mayWrite && unread > 0 && (
          <Button look="quiet" busy={markAll.isPending} onClick={readAll}>
            <CheckCheck size={16} aria-hidden />
            Mark all as read
          </Button>
        )}
      </header>
      <div className="min-h-0 overflow-y-auto">
        <Rows heading={heading} mayWrite={mayWrite} onLeave={onLeave} />
      </div>
    </>
  );
}

interface RowsProps {
  heading: RefObject<HTMLElement | null>;
  mayWrite: boolean;
  onLeave: () => void;
}

function Rows({ heading, mayWrite, onLeave }: RowsProps) {
  const { data, error, refetch, ...more } = useInfiniteQuery(notificationsOptions);
  if (!data && error)
    return <Failed what="The notifications could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={3} className="m-3 h-12" />;
  const rows = data.pages.flatMap((page) => page.data);
  if (rows.length === 0)
    return (
      <p className="p-6 text-center text-soft">
        Nothing yet. What ends or fails while you look elsewhere is told here and kept for 30 days.
      </p>
    );
  return (
    <>
      <ul className="divide-y divide-line">
        {rows.map((row) => (
          <NotificationRow
            key={row.id}
            notification={row}
            mayWrite={mayWrite}
            onLeave={onLeave}
            onGone={() => heading.current?.focus()}
          />
        ))}
      </ul>
      <div className="flex p-2 empty:hidden">
        <LoadMore {...more} />
      </div>
    </>
  );
}
