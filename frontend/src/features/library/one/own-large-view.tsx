import { useEffect, useMemo } from "react";
import type { Generation } from "@/api/types";
import { LargeView } from "@/features/generations/lightbox/large-view";
import { closeLightbox, openLightbox, shotsOf, usePlace } from "@/features/generations/lightbox/place";

/** The pictures of this one generation, as large as the screen. */
export function OwnLargeView({ row }: { row: Generation }) {
  const place = usePlace((now) => now.place);
  const shots = useMemo(() => shotsOf([row]), [row]);
  useEffect(() => closeLightbox, []);
  if (!place) return null;
  return (
    <LargeView
      shots={shots}
      place={place}
      hasMore={false}
      onPlace={({ id, index }) => openLightbox(id, index)}
      onClose={closeLightbox}
      onFocusLost={() => document.getElementById("main")?.focus()}
    />
  );
}
