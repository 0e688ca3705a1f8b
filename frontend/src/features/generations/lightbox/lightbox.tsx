import { Dialog } from "radix-ui";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { focusFeed } from "../cards/focus";
import type { Timeline } from "../merge";
import { loadOlder } from "../timeline";
import { Arrows } from "./arrows";
import { Bar } from "./bar";
import { Details } from "./details";
import { closeLightbox, find, openLightbox, type Place, shotsOf, usePlace } from "./place";
import { View } from "./view";
import type { StageHandle } from "./zoom-stage";

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
  const shots = useMemo(() => shotsOf(timeline.rows), [timeline.rows]);
  const at = find(shots, place);
  const shot = shots[at];
  const hasOlder = timeline.nextCursor !== null;
  const opener = useRef(document.activeElement);
  const stage = useRef<StageHandle>(null);
  const [showsDetails, setDetails] = useState(() => matchMedia("(min-width: 48rem)").matches);

  useEffect(() => {
    if (!shot) closeLightbox();
  }, [shot]);
  useEffect(() => {
    if (at >= 0 && at < SOON && hasOlder) loadOlder(sessionId).catch(() => undefined);
  }, [at, hasOlder, sessionId]);
  if (!shot) return null;

  const go = (step: number) => {
    const next = shots[at + step];
    if (next) openLightbox(next.row.id, next.output.index);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLMediaElement) return;
    const act = actOf(event.key, go, stage.current);
    if (act) event.preventDefault();
    act?.();
  };
  return (
    <Dialog.Root open onOpenChange={closeLightbox}>
      <Dialog.Portal>
        <Dialog.Content
          aria-describedby={undefined}
          onKeyDown={onKeyDown}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            giveFocusBack(opener.current);
          }}
          className="fixed inset-0 z-40 flex flex-col bg-page outline-none"
        >
          <Bar
            shot={shot}
            place={`${at + 1} of ${shots.length}${hasOlder ? "+" : ""}`}
            stage={stage}
            showsDetails={showsDetails}
            onDetails={() => setDetails(!showsDetails)}
          />
          <div className="flex min-h-0 flex-1 max-md:flex-col">
            <div className="relative min-h-0 min-w-0 flex-1 overflow-hidden bg-sunken">
              <View key={`${shot.row.id} ${shot.output.index}`} shot={shot} stage={stage} onSwipe={go} />
              <Arrows hasPrevious={at > 0} hasNext={at < shots.length - 1} go={go} />
            </div>
            {showsDetails && <Details row={shot.row} />}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function actOf(key: string, go: (step: number) => void, stage: StageHandle | null): (() => void) | undefined {
  const acts: Record<string, (() => void) | undefined> = {
    ArrowLeft: () => go(-1),
    ArrowRight: () => go(1),
    "+": stage?.zoomIn,
    "=": stage?.zoomIn,
    "-": stage?.zoomOut,
    "0": stage?.reset,
  };
  return acts[key];
}

/** To what it was opened from, or, where that has been scrolled away meanwhile, to the timeline. */
function giveFocusBack(opener: Element | null): void {
  if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
  else focusFeed();
}
