import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useMay } from "@/features/auth/me";
import { MarksDialog } from "@/features/generations/marks/marks-dialog";
import { enterRoom } from "@/live/socket";
import { Empty, Failed } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";
import { Lightbox } from "../lightbox/lightbox";
import type { Timeline as Known } from "../merge";
import { timelineOptions } from "../timeline";
import { MayWrite } from "./action-button";
import { Announcer } from "./announcer";
import { Feed } from "./feed";
import { JsonView } from "./json-view";

interface TimelineProps {
  sessionId: string;
  /** After settings were put into the form. */
  onReused?: () => void;
}

/** All generations of a session, the newest at the bottom. */
export function Timeline({ sessionId, onReused }: TimelineProps) {
  const { data, error, refetch } = useQuery(timelineOptions(sessionId));
  useEffect(() => enterRoom("session", sessionId), [sessionId]);
  if (!data && error)
    return <Failed what="The pictures cannot be shown" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={3} className="mx-auto h-56 w-full max-w-3xl" />;
  return <Contents key={sessionId} sessionId={sessionId} timeline={data} onReused={onReused} />;
}

interface ContentsProps {
  sessionId: string;
  timeline: Known;
  onReused: (() => void) | undefined;
}

function Contents({ sessionId, timeline, onReused }: ContentsProps) {
  const rows = useMemo(() => timeline.rows.toReversed(), [timeline.rows]);
  const hasOlder = timeline.nextCursor !== null;
  const mayWrite = useMay("write");
  return (
    <MayWrite value={mayWrite}>
      <Announcer rows={timeline.rows} />
      {rows.length === 0 && !hasOlder ? (
        <Empty
          title="No pictures yet"
          sentence={mayWrite ? "Describe the first one below, and press Generate." : "They are shown as they are made."}
        />
      ) : (
        <Feed sessionId={sessionId} rows={rows} hasOlder={hasOlder} onReused={onReused} />
      )}
      <Lightbox sessionId={sessionId} timeline={timeline} />
      <JsonView />
      <MarksDialog rows={timeline.rows} />
    </MayWrite>
  );
}
