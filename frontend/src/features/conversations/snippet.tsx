import type { ConversationFound } from "@/api/types";

type Piece = NonNullable<ConversationFound["match"]>["snippet"][number];

/** Where the words stand that were sought, marked. */
export function Snippet({ pieces }: { pieces: readonly Piece[] }) {
  return (
    <span className="wrap-anywhere line-clamp-3 text-soft text-xs">
      {pieces.map(({ text, is_match }, place) =>
        is_match ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a piece is what stands at its place.
          <mark key={place} className="rounded bg-transparent font-semibold text-accent underline">
            {text}
          </mark>
        ) : (
          text
        ),
      )}
    </span>
  );
}
