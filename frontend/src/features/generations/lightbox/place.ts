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

/** All pictures and videos of the rows, in their order. */
export function shotsOf(rows: readonly Generation[]): Shot[] {
  const isSeen = ({ media_type }: GenerationOutput) => /^(image|video)\//.test(media_type);
  return rows.flatMap((row) => row.outputs.filter(isSeen).map((output) => ({ row, output })));
}

/** Where the picture is among them; that of a generation that is gone is nowhere. */
export const find = (shots: readonly Shot[], place: Place) =>
  shots.findIndex(({ row, output }) => row.id === place.id && output.index === place.index);
