import { useMutation } from "@tanstack/react-query";
import { messageOf } from "@/api/failure";
import type { Generation } from "@/api/types";
import { TagField } from "./tag-field";
import { TagList } from "./tag-list";
import { changeTags } from "./tags";

interface TagChange {
  add?: string;
  remove?: string;
}

/** The tags of one generation; each change is kept at once. */
export function TagEditor({ row }: { row: Generation }) {
  const { mutate, error } = useMutation({
    mutationFn: ({ add, remove }: TagChange) =>
      changeTags([row], add === undefined ? [] : [add], remove === undefined ? [] : [remove]),
  });
  return (
    <div className="flex flex-col gap-2">
      <TagList tags={row.tags} onRemove={(remove) => mutate({ remove })} />
      <TagField error={error ? messageOf(error) : undefined} onAdd={(add) => mutate({ add })} />
    </div>
  );
}
