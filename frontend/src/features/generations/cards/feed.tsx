import { useMutation } from "@tanstack/react-query";
import { ArrowDown } from "lucide-react";
import { useEffect, useRef } from "react";
import { VList, type VListHandle } from "virtua";
import type { Generation } from "@/api/types";
import { Button } from "@/ui/button";
import { loadOlder } from "../timeline";
import { GenerationCard } from "./card";
import { useFollowing, useShift } from "./following";

interface FeedProps {
  sessionId: string;
  rows: readonly Generation[];
  hasOlder: boolean;
  onReused: (() => void) | undefined;
}

const OLDER_BEFORE_PX = 2_000;
/** What a card with one picture takes; a smaller guess would draw many of them to fill the screen the first time. */
const USUAL_PX = 480;

/** The cards, oldest first; only those near the reader are in the page. */
export function Feed({ sessionId, rows, hasOlder, onReused }: FeedProps) {
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<VListHandle>(null);
  const shift = useShift(rows);
  const { isAway, hasNew, toEnd, onScroll, onResize } = useFollowing(box, list, rows);
  const { mutate, isPending, isError } = useMutation({ mutationFn: () => loadOlder(sessionId) });

  const lookForOlder = () => {
    if (!list.current) return;
    const { scrollOffset, scrollSize, viewportSize } = list.current;
    const above = isAway ? scrollOffset : scrollSize - viewportSize;
    if (above < OLDER_BEFORE_PX && hasOlder && !isPending && !isError) mutate();
  };
  useEffect(lookForOlder);
  return (
    <div ref={box} className="relative h-full [container-type:size]">
      <VList
        ref={list}
        data={rows}
        shift={shift}
        itemSize={USUAL_PX}
        role="feed"
        aria-label="Generations"
        aria-busy={isPending}
        tabIndex={0}
        onScroll={(offset) => {
          onScroll(offset);
          lookForOlder();
        }}
        onResize={onResize}
        className="py-2"
      >
        {(row) => <GenerationCard key={row.id} row={row} onReused={onReused} />}
      </VList>
      <div className="pointer-events-none absolute inset-x-0 top-2 flex justify-center *:pointer-events-auto">
        {isPending && (
          <span className="rounded-full bg-raised px-3 py-1 text-soft text-sm shadow">Loading older ones…</span>
        )}
        {isError && <Button onClick={() => mutate()}>Older ones cannot be loaded. Try again</Button>}
      </div>
      {isAway && (
        <Button
          look={hasNew ? "strong" : "plain"}
          onClick={toEnd}
          className="-translate-x-1/2 absolute bottom-3 left-1/2 rounded-full shadow-lg"
        >
          {hasNew ? "New pictures" : "To the newest"}
          <ArrowDown size={16} aria-hidden />
        </Button>
      )}
    </div>
  );
}
