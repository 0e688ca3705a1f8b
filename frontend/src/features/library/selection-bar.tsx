import { Columns2, Star, Tags, Trash2, X } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useNavigate } from "react-router";
import type { Generation } from "@/api/types";
import { useMay } from "@/features/auth/me";
import { Button, type ButtonProps, IconButton } from "@/ui/button";
import { setFavorites } from "./bulk";
import { ExportButton } from "./export-button";
import { focusStop } from "./grid";
import type { Selection } from "./selection";
import { TagsDialog } from "./tags-dialog";

interface SelectionBarProps {
  rows: readonly Generation[];
  /** The ids of all that are shown. */
  shown: readonly string[];
  selection: Selection;
  onDelete: () => void;
}

/** What can be done with those that are selected. */
export function SelectionBar({ rows, shown, selection, onDelete }: SelectionBarProps) {
  const mayWrite = useMay("write");
  const navigate = useNavigate();
  const [isTagging, setTagging] = useState(false);
  const isEmpty = rows.length === 0;
  useEffect(() => (isEmpty ? undefined : focusGrid), [isEmpty]);
  if (isEmpty) return null;
  const [first, second] = rows;
  const areFavorites = rows.every(({ favorite }) => favorite);
  return (
    <section
      aria-label="Selected"
      className="sticky bottom-2 z-20 mx-auto flex max-w-full flex-wrap items-center gap-1 rounded-xl border border-control bg-raised p-1.5 shadow-xl"
    >
      <p role="status" className="px-2 font-medium text-sm tabular-nums">
        {rows.length} selected
      </p>
      {first && second && rows.length === 2 && (
        <Act
          Icon={Columns2}
          label="Compare"
          onClick={() => navigate(`/library/compare?ids=${second.id},${first.id}`)}
        />
      )}
      {mayWrite && (
        <>
          <Act
            Icon={Star}
            label={areFavorites ? "No favorites" : "Favorites"}
            onClick={() => void setFavorites(rows, !areFavorites)}
          />
          <Act Icon={Tags} label="Tags" onClick={() => setTagging(true)} />
        </>
      )}
      <ExportButton of={{ ids: rows.map(({ id }) => id) }} label="ZIP" look="quiet" />
      {mayWrite && <Act Icon={Trash2} label="Delete" onClick={onDelete} />}
      {rows.length < shown.length && (
        <Button look="quiet" onClick={() => selection.choose(shown)}>
          All shown
        </Button>
      )}
      <IconButton label="Clear selection" onClick={selection.clear}>
        <X size={16} aria-hidden />
      </IconButton>
      <TagsDialog rows={rows} open={isTagging} onOpenChange={setTagging} />
    </section>
  );
}

/** Where the bar has gone with the focus in it. */
function focusGrid(): void {
  if (document.activeElement === document.body) focusStop();
}

function Act({ Icon, label, ...rest }: ButtonProps & { Icon: typeof Star; label: string }): ReactNode {
  return (
    <Button look="quiet" title={label} {...rest} className="max-md:min-w-9 max-md:px-2">
      <Icon size={16} aria-hidden />
      <span className="max-md:sr-only">{label}</span>
    </Button>
  );
}
