import type { Generation } from "@/api/types";
import { TagList } from "./tag-list";

/** The tags and notes of a card, where there are any. */
export function Marks({ row: { tags, notes } }: { row: Generation }) {
  if (tags.length === 0 && notes === null) return null;
  return (
    <div className="flex flex-col gap-2">
      <TagList tags={tags} />
      {notes !== null && <p className="line-clamp-3 whitespace-pre-wrap break-words text-soft text-sm">{notes}</p>}
    </div>
  );
}
