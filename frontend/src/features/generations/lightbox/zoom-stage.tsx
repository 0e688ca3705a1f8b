import { type Ref, type TouchEvent, useImperativeHandle, useRef, useState } from "react";
import { type ReactZoomPanPinchRef, TransformComponent, TransformWrapper } from "react-zoom-pan-pinch";

export interface StageHandle {
  zoomIn: () => void;
  zoomOut: () => void;
  reset: () => void;
}

interface StageProps {
  ref: Ref<StageHandle>;
  src: string;
  alt: string;
  /** Stands in until the original is there. */
  thumbnail: string | null;
  onError: () => void;
  onSwipe: (step: number) => void;
}

const LARGEST = 10;
const SWIPE_PX = 50;
const WHEEL_STEP = 0.004;

/** A picture that fits, and can be zoomed into by wheel, double click and fingers; swiped while it fits. */
export function ZoomStage({ ref, src, alt, thumbnail, onError, onSwipe }: StageProps) {
  const zoom = useRef<ReactZoomPanPinchRef>(null);
  const [isZoomed, setZoomed] = useState(false);
  const [isLoaded, setLoaded] = useState(false);
  const swipe = useSwipe(isZoomed, onSwipe);
  useImperativeHandle(ref, () => ({
    zoomIn: () => void zoom.current?.zoomIn(),
    zoomOut: () => void zoom.current?.zoomOut(),
    reset: () => void zoom.current?.resetTransform(),
  }));
  return (
    <div className="absolute inset-0 touch-none overscroll-none" {...swipe}>
      <TransformWrapper
        ref={zoom}
        maxScale={LARGEST}
        centerOnInit
        wheel={{ step: WHEEL_STEP }}
        doubleClick={{ mode: "toggle" }}
        panning={{ disabled: !isZoomed }}
        onTransform={(_, { scale }) => setZoomed(scale > 1.01)}
      >
        <TransformComponent wrapperClass="size-full! touch-none!" contentClass="size-full! touch-none!">
          <div className="relative size-full">
            {thumbnail && !isLoaded && <img src={thumbnail} alt="" className="absolute size-full object-contain" />}
            <img
              src={src}
              alt={alt}
              draggable={false}
              onLoad={() => setLoaded(true)}
              onError={onError}
              className="absolute size-full object-contain"
            />
          </div>
        </TransformComponent>
      </TransformWrapper>
    </div>
  );
}

/** One finger that moves sideways goes on; two fingers zoom, and a zoomed picture is moved instead. */
function useSwipe(isZoomed: boolean, onSwipe: (step: number) => void) {
  const start = useRef<{ x: number; y: number } | null>(null);
  const onTouchStart = ({ touches }: TouchEvent) => {
    const first = touches[0];
    start.current = touches.length === 1 && first && !isZoomed ? { x: first.clientX, y: first.clientY } : null;
  };
  const onTouchEnd = ({ changedTouches }: TouchEvent) => {
    const last = changedTouches[0];
    const from = start.current;
    start.current = null;
    if (!last || !from) return;
    const [across, down] = [last.clientX - from.x, last.clientY - from.y];
    if (Math.abs(across) > SWIPE_PX && Math.abs(across) > 2 * Math.abs(down)) onSwipe(across > 0 ? -1 : 1);
  };
  return { onTouchStart, onTouchEnd };
}
