import { type Ref, useState } from "react";
import { isVideo, Video } from "../cards/outputs";
import { nameOf } from "../cards/shown";
import { markStale } from "../reread";
import type { Shot } from "./place";
import { type StageHandle, ZoomStage } from "./zoom-stage";

interface ViewProps {
  shot: Shot;
  stage: Ref<StageHandle>;
  onSwipe: (step: number) => void;
}

/** The original. A signed address gets old: the row is then read once more. */
export function View({ shot: { row, output }, stage, onSwipe }: ViewProps) {
  const [broken, setBroken] = useState<string | null>(null);
  if (isVideo(output)) {
    return (
      <div className="absolute inset-0 grid place-items-center p-2 sm:px-14">
        <Video output={output} className="max-h-full max-w-full" />
      </div>
    );
  }
  if (broken === output.url) {
    return <p className="absolute inset-0 grid place-items-center text-soft">The picture cannot be loaded.</p>;
  }
  return (
    <ZoomStage
      ref={stage}
      key={output.url}
      src={output.url}
      alt={`Picture: ${nameOf(row)}`}
      thumbnail={output.thumbnail_url ?? null}
      onSwipe={onSwipe}
      onError={() => {
        if (broken === null && row.session_id !== null) markStale(row.session_id, row.id);
        setBroken(output.url);
      }}
    />
  );
}
