import { CopyPlus, Download, FileSearch, Info, Maximize, Star, X, ZoomIn, ZoomOut } from "lucide-react";
import { Dialog } from "radix-ui";
import type { RefObject } from "react";
import { Link } from "react-router";
import { Button } from "@/ui/button";
import { download, setFavorite } from "../cards/act";
import { ActionButton } from "../cards/action-button";
import { isPicture } from "../cards/outputs";
import { nameOf } from "../cards/shown";
import { vary } from "../variations/varied";
import type { Shot } from "./place";
import type { StageHandle } from "./zoom-stage";

interface BarProps {
  shot: Shot;
  place: string;
  stage: RefObject<StageHandle | null>;
  showsDetails: boolean;
  onDetails: () => void;
}

export function Bar({ shot: { row, output }, place, stage, showsDetails, onDetails }: BarProps) {
  return (
    <header className="flex items-center gap-1 border-line border-b bg-raised px-2 py-1">
      <Dialog.Title className="min-w-0 flex-1 truncate px-2 font-medium text-sm">{nameOf(row)}</Dialog.Title>
      <span aria-live="polite" className="whitespace-nowrap text-soft text-sm tabular-nums">
        <span className="sr-only">Picture </span>
        {place}
      </span>
      {isPicture(output) && (
        <span className="flex max-sm:hidden">
          <ActionButton iconOnly label="Zoom in" Icon={ZoomIn} run={() => stage.current?.zoomIn()} />
          <ActionButton iconOnly label="Zoom out" Icon={ZoomOut} run={() => stage.current?.zoomOut()} />
          <ActionButton iconOnly label="Fit to screen" Icon={Maximize} run={() => stage.current?.reset()} />
        </span>
      )}
      <ActionButton
        iconOnly
        writes
        label={row.favorite ? "Remove from favorites" : "Add to favorites"}
        aria-pressed={row.favorite}
        Icon={Star}
        filled={row.favorite}
        className={row.favorite ? "text-warn" : ""}
        run={() => setFavorite(row, !row.favorite)}
      />
      <ActionButton iconOnly label="Download" Icon={Download} run={() => download(row, output)} />
      {row.seed !== null && row.session_id !== null && (
        <ActionButton iconOnly writes label="Variations…" Icon={CopyPlus} run={() => vary(row)} />
      )}
      <ActionButton iconOnly label="Parameters" Icon={Info} aria-pressed={showsDetails} run={onDetails} />
      <Link
        to={`/generations/${row.id}`}
        aria-label="Everything about it"
        title="Everything about it"
        className="inline-flex min-h-9 min-w-9 items-center justify-center rounded-md px-2 hover:bg-hover"
      >
        <FileSearch size={16} aria-hidden />
      </Link>
      <Dialog.Close asChild>
        <Button look="quiet" aria-label="Close" title="Close (Esc)" className="px-2">
          <X size={18} aria-hidden />
        </Button>
      </Dialog.Close>
    </header>
  );
}
