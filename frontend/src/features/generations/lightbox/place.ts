import { create } from "zustand";
import type { Generation, GenerationOutput } from "@/api/types";

/** Which picture is looked at: an output of a generation. */
export interface Place {
  id: string;
  index: number;
}

export interface Shot {
  row: Generation;
  output: GenerationOutput;
}

export const usePlace = create<{ place: Place | null }>(() => ({ place: null }));

export const openLightbox = (id: string, index: number) => usePlace.setState({ place: { id, index } });
export const closeLightbox = () => usePlace.setState({ place: null });

/** All pictures and videos of rows that are newest first, in the order of the timeline. */
export function shotsOf(rows: readonly Generation[]): Shot[] {
  const isSeen = ({ media_type }: GenerationOutput) => /^(image|video)\//.test(media_type);
  return rows.toReversed().flatMap((row) => row.outputs.filter(isSeen).map((output) => ({ row, output })));
}

/** Where the picture is among them; that of a generation that is gone is nowhere. */
export const find = (shots: readonly Shot[], place: Place) =>
  shots.findIndex(({ row, output }) => row.id === place.id && output.index === place.index);
