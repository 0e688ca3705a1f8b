import { Braces, Copy, CopyPlus, Download, Hash, RotateCw, SlidersHorizontal, Star, Tags, Trash2 } from "lucide-react";
import type { Generation } from "@/api/types";
import { editMarks } from "@/features/generations/marks/marks-dialog";
import { Button } from "@/ui/button";
import { copyText } from "@/ui/clipboard";
import { Menu } from "@/ui/menu";
import { toast } from "@/ui/toast";
import { reuseSettings } from "../drafts";
import { isOver } from "../merge";
import { vary } from "../variations/varied";
import { download, remove, runAgain, setFavorite } from "./act";
import { ActionButton } from "./action-button";
import { viewJson } from "./json-view";

/** What can be done with a card itself. */
export function Corner({ row }: { row: Generation }) {
  return (
    <div className="-my-1 ml-auto flex">
      <ActionButton
        iconOnly
        label={row.favorite ? "Remove from favorites" : "Add to favorites"}
        aria-pressed={row.favorite}
        writes
        Icon={Star}
        filled={row.favorite}
        className={row.favorite ? "text-warn" : ""}
        run={() => setFavorite(row, !row.favorite)}
      />
      {row.prompt_text && (
        <ActionButton iconOnly label="Copy prompt" Icon={Copy} run={() => copyText(row.prompt_text ?? "", "Prompt")} />
      )}
      {isOver(row) && <ActionButton iconOnly writes label="Delete" Icon={Trash2} run={() => remove(row)} />}
    </div>
  );
}

/** What can be done with what made it. */
export function Actions({ row, onReused }: { row: Generation; onReused: (() => void) | undefined }) {
  const reuse = () => {
    if (row.session_id === null) return;
    reuseSettings(row.session_id, row);
    toast({ kind: "info", message: "Settings taken over, with this seed. Change what you like and generate." });
    onReused?.();
  };
  return (
    <div className="-mx-2 flex max-md:overflow-x-auto max-md:p-1 md:flex-wrap *:shrink-0">
      <ActionButton writes label="Reuse settings" Icon={SlidersHorizontal} run={reuse} />
      {row.seed !== null && (
        <ActionButton label="Copy seed" Icon={Hash} run={() => copyText(String(row.seed), "Seed")} />
      )}
      <ActionButton writes label="Tags and notes" Icon={Tags} run={() => editMarks(row)} />
      <ActionButton label="View JSON" Icon={Braces} run={() => viewJson(row)} />
      <Downloads row={row} />
      {isOver(row) && <ActionButton writes label="Run again" Icon={RotateCw} run={() => runAgain(row)} />}
      {row.seed !== null && row.session_id !== null && (
        <ActionButton writes label="Variations…" Icon={CopyPlus} run={() => vary(row)} />
      )}
    </div>
  );
}

function Downloads({ row }: { row: Generation }) {
  const [first, ...others] = row.outputs;
  if (!first) return null;
  if (others.length === 0) return <ActionButton label="Download" Icon={Download} run={() => download(row, first)} />;
  const items = row.outputs.map((output, place) => ({
    label: `${place + 1}. ${output.filename}`,
    onSelect: () => void download(row, output),
  }));
  const trigger = (
    <Button look="quiet">
      <Download size={16} aria-hidden />
      Download
    </Button>
  );
  return <Menu trigger={trigger} items={items} />;
}
