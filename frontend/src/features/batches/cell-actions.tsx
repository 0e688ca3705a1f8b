import { Ban, CopyPlus, Ellipsis, FileSearch, SlidersHorizontal, Star, Trash2 } from "lucide-react";
import { use } from "react";
import { useNavigate } from "react-router";
import type { Generation } from "@/api/types";
import { cancel, remove, setFavorite } from "@/features/generations/cards/act";
import { MayWrite } from "@/features/generations/cards/action-button";
import { reuseSettings } from "@/features/generations/drafts";
import { isOver } from "@/features/generations/merge";
import { vary } from "@/features/generations/variations/varied";
import { Button } from "@/ui/button";
import { Menu, type MenuItem } from "@/ui/menu";
import { toast } from "@/ui/toast";

interface CellActionsProps {
  row: Generation;
  name: string;
  hasMenu: boolean;
  tabIndex: 0 | -1;
}

const ON_PICTURE = "min-h-8! bg-raised/85 px-1.5! py-1!";

/** The star, and what else can be done with this one. */
export function CellActions({ row, name, hasMenu, tabIndex }: CellActionsProps) {
  const mayWrite = use(MayWrite);
  const navigate = useNavigate();
  const keep = () => {
    if (row.session_id === null) return;
    reuseSettings(row.session_id, row);
    navigate(`/comfyui/${row.session_id}`);
    toast({ kind: "info", message: "Its settings are in the form, with its seed. Go on from here." });
  };
  const items: MenuItem[] = [
    {
      label: "Look at it closely",
      icon: <FileSearch size={16} aria-hidden />,
      onSelect: () => navigate(`/generations/${row.id}`),
    },
    ...(mayWrite ? writing(row, keep) : []),
  ];
  return (
    <div className="absolute top-1 right-1 flex gap-1">
      {mayWrite && (
        <Button
          look="quiet"
          tabIndex={tabIndex}
          aria-pressed={row.favorite}
          aria-label={`Favorite: ${name}`}
          title={row.favorite ? "No favorite any more (F)" : "Favorite (F)"}
          className={ON_PICTURE + (row.favorite ? " text-warn" : "")}
          onClick={() => void setFavorite(row, !row.favorite)}
        >
          <Star size={15} aria-hidden fill={row.favorite ? "currentColor" : "none"} />
        </Button>
      )}
      {hasMenu && (
        <Menu
          items={items}
          trigger={
            <Button look="quiet" tabIndex={tabIndex} aria-label={`More for ${name}`} className={ON_PICTURE}>
              <Ellipsis size={15} aria-hidden />
            </Button>
          }
        />
      )}
    </div>
  );
}

function writing(row: Generation, keep: () => void): MenuItem[] {
  const ofSession = row.session_id !== null;
  return [
    ...(ofSession
      ? [{ label: "Keep this one", icon: <SlidersHorizontal size={16} aria-hidden />, onSelect: keep }]
      : []),
    ...(ofSession && row.seed !== null
      ? [{ label: "Variations…", icon: <CopyPlus size={16} aria-hidden />, onSelect: () => vary(row) }]
      : []),
    ...(isOver(row)
      ? [{ label: "Delete", icon: <Trash2 size={16} aria-hidden />, onSelect: () => void remove(row), danger: true }]
      : [{ label: "Cancel", icon: <Ban size={16} aria-hidden />, onSelect: () => void cancel(row) }]),
  ];
}
