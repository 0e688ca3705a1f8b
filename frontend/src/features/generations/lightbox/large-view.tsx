import { Dialog } from "radix-ui";
import { type KeyboardEvent, useEffect, useEffectEvent, useRef, useState } from "react";
import { Arrows } from "./arrows";
import { Bar } from "./bar";
import { Details } from "./details";
import { find, type Place, type Shot } from "./place";
import { View } from "./view";
import type { StageHandle } from "./zoom-stage";

interface LargeViewProps {
  shots: readonly Shot[];
  place: Place;
  /** There are more than these. */
  hasMore: boolean;
  onPlace: (place: Place) => void;
  onClose: () => void;
  /** What it was opened from is gone, as when that has been scrolled away meanwhile, or was the address. */
  onFocusLost: () => void;
}

/** One picture as large as the screen, and the way to those before and after it. */
export function LargeView({ shots, place, hasMore, onPlace, onClose, onFocusLost }: LargeViewProps) {
  const at = find(shots, place);
  const shot = shots[at];
  const opener = useRef(document.activeElement);
  const stage = useRef<StageHandle>(null);
  const [showsDetails, setDetails] = useState(() => matchMedia("(min-width: 48rem)").matches);
  const isGone = shot === undefined;
  const isClosed = useRef(false);
  /** Once, though both Radix and this may hear the same key: closing may be a step back in the history. */
  const close = () => {
    if (!isClosed.current) onClose();
    isClosed.current = true;
  };
  const leave = useEffectEvent(close);
  useEffect(() => {
    if (isGone) leave();
  }, [isGone]);
  if (!shot) return null;

  const go = (step: number) => {
    const next = shots[at + step];
    if (next) onPlace({ id: next.row.id, index: next.output.index });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLMediaElement) return;
    const act = actsOf(go, close, stage.current)[event.key];
    if (act) event.preventDefault();
    act?.();
  };
  return (
    <Dialog.Root open onOpenChange={close}>
      <Dialog.Portal>
        <Dialog.Content
          aria-describedby={undefined}
          onKeyDown={onKeyDown}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            const { current } = opener;
            if (current instanceof HTMLElement && current !== document.body && current.isConnected) {
              current.focus({ preventScroll: true });
            } else onFocusLost();
          }}
          className="fixed inset-0 z-40 flex flex-col bg-page outline-none"
        >
          <Bar
            shot={shot}
            place={`${at + 1} of ${shots.length}${hasMore ? "+" : ""}`}
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

function actsOf(
  go: (step: number) => void,
  close: () => void,
  stage: StageHandle | null,
): Record<string, (() => void) | undefined> {
  return {
    ArrowLeft: () => go(-1),
    ArrowRight: () => go(1),
    // Radix hears Escape only some renders after it has opened (react-dismissable-layer 1.1, effect on isHighestLayer).
    Escape: close,
    "+": stage?.zoomIn,
    "=": stage?.zoomIn,
    "-": stage?.zoomOut,
    "0": stage?.reset,
  };
}
