import type { Ref } from "react";
import { useBroken } from "../broken";
import { isVideo, Video } from "../cards/outputs";
import { nameOf } from "../cards/shown";
import type { Shot } from "./place";
import { type StageHandle, ZoomStage } from "./zoom-stage";

interface ViewProps {
  shot: Shot;
  stage: Ref<StageHandle>;
  onSwipe: (step: number) => void;
}

/** The original. */
export function View({ shot: { row, output }, stage, onSwipe }: ViewProps) {
  const { isBroken, onError } = useBroken(row, output.url);
  if (isVideo(output)) {
    return (
      <div className="absolute inset-0 grid place-items-center p-2 sm:px-14">
        <Video row={row} output={output} className="max-h-full max-w-full" />
      </div>
    );
  }
  if (isBroken) {
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
      onError={onError}
    />
  );
}
