import { useEffect, useMemo } from "react";
import { focusFeed } from "../cards/focus";
import type { Timeline } from "../merge";
import { loadOlder } from "../timeline";
import { LargeView } from "./large-view";
import { closeLightbox, find, openLightbox, type Place, shotsOf, usePlace } from "./place";

interface LightboxProps {
  sessionId: string;
  timeline: Timeline;
}

const SOON = 3;

/** The picture that was chosen, as large as the screen, and the way to all others of the session. */
export function Lightbox({ sessionId, timeline }: LightboxProps) {
  const place = usePlace((now) => now.place);
  useEffect(() => closeLightbox, []);
  return place && <Opened sessionId={sessionId} timeline={timeline} place={place} />;
}

function Opened({ sessionId, timeline, place }: LightboxProps & { place: Place }) {
  const shots = useMemo(() => shotsOf(timeline.rows.toReversed()), [timeline.rows]);
  const at = find(shots, place);
  const hasOlder = timeline.nextCursor !== null;
  useEffect(() => {
    if (at >= 0 && at < SOON && hasOlder) loadOlder(sessionId).catch(() => undefined);
  }, [at, hasOlder, sessionId]);
  return (
    <LargeView
      shots={shots}
      place={place}
      hasMore={hasOlder}
      onPlace={({ id, index }) => openLightbox(id, index)}
      onClose={closeLightbox}
      onFocusLost={focusFeed}
    />
  );
}
