import { X } from "lucide-react";
import { Link } from "react-router";
import { focusBeside } from "@/ui/focus-beside";

const CHIP = "inline-flex min-h-7 max-w-full items-center rounded-full border border-line bg-page text-sm";

interface TagListProps {
  tags: readonly string[];
  /** Without it a tag leads to all that have it. */
  onRemove?: (tag: string) => void;
}

export function TagList({ tags, onRemove }: TagListProps) {
  if (tags.length === 0) return null;
  return (
    <ul aria-label="Tags" className="flex flex-wrap gap-1.5">
      {tags.map((tag) => (
        <li key={tag} className={CHIP}>
          {onRemove ? (
            <>
              <span className="truncate pl-3">{tag}</span>
              <button
                type="button"
                aria-label={`Remove the tag ${tag}`}
                onClick={() => {
                  focusBeside();
                  onRemove(tag);
                }}
                className="grid size-7 shrink-0 place-items-center rounded-full hover:bg-hover"
              >
                <X size={14} aria-hidden />
              </button>
            </>
          ) : (
            <Link to={`/library?${new URLSearchParams({ tag })}`} className="truncate rounded-full px-3 hover:bg-hover">
              {tag}
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}
