import {
  Braces,
  Copy,
  CopyPlus,
  Download,
  FlaskConical,
  RotateCw,
  SlidersHorizontal,
  Star,
  Trash2,
} from "lucide-react";
import { useNavigate } from "react-router";
import type { Generation } from "@/api/types";
import { useMay } from "@/features/auth/me";
import { cancel, remove, setFavorite } from "@/features/generations/cards/act";
import { ActionButton } from "@/features/generations/cards/action-button";
import { viewJson } from "@/features/generations/cards/json-view";
import { NO_SESSION, reuseSettings } from "@/features/generations/drafts";
import { forgetLastSession } from "@/features/generations/form/open-session";
import { isOver } from "@/features/generations/merge";
import { SaveAsPreset } from "@/features/generations/presets/save-from-generation";
import { vary } from "@/features/generations/variations/varied";
import { Button } from "@/ui/button";
import { copyText } from "@/ui/clipboard";
import { focusNextPage } from "@/ui/focus-beside";
import { Menu } from "@/ui/menu";
import { useDownloads } from "./downloads";
import { OnMachine } from "./on-machine";

/** What can be done with it. */
export function OneActions({ row }: { row: Generation }) {
  const navigate = useNavigate();
  const mayWrite = useMay("write");
  const reuse = () => {
    const session = row.session_id ?? NO_SESSION;
    if (row.session_id === null) forgetLastSession();
    reuseSettings(session, row);
    navigate(row.session_id === null ? "/comfyui" : `/comfyui/${row.session_id}`);
  };
  const leave = () => {
    focusNextPage();
    return remove(row);
  };
  return (
    <div className="-mx-2 flex flex-wrap items-center gap-1">
      <ActionButton
        writes
        label={row.favorite ? "Remove from favorites" : "Add to favorites"}
        aria-pressed={row.favorite}
        Icon={Star}
        filled={row.favorite}
        className={row.favorite ? "text-warn" : ""}
        run={() => setFavorite(row, !row.favorite)}
      />
      <ActionButton writes label="Reuse settings" Icon={SlidersHorizontal} run={reuse} />
      {isOver(row) && mayWrite && <OnMachine row={row} kind="rerun" label="Run again" Icon={RotateCw} />}
      {row.status === "completed" && row.outputs.length > 0 && mayWrite && (
        <OnMachine row={row} kind="verify" label="Verify" Icon={FlaskConical} />
      )}
      {row.seed !== null && row.session_id !== null && (
        <ActionButton writes label="Variations…" Icon={CopyPlus} run={() => vary(row)} />
      )}
      <Downloads row={row} />
      <ActionButton label="View JSON" Icon={Braces} run={() => viewJson(row)} />
      {row.seed !== null && (
        <ActionButton label="Copy seed" Icon={Copy} run={() => copyText(String(row.seed), "Seed")} />
      )}
      {mayWrite && <SaveAsPreset generation={row} look="quiet" />}
      {isOver(row) ? (
        <ActionButton writes label="Delete" Icon={Trash2} run={leave} />
      ) : (
        <ActionButton writes label="Cancel" Icon={Trash2} run={() => cancel(row)} />
      )}
    </div>
  );
}

function Downloads({ row }: { row: Generation }) {
  const items = useDownloads(row);
  const trigger = (
    <Button look="quiet">
      <Download size={16} aria-hidden />
      Download
    </Button>
  );
  return <Menu trigger={trigger} items={items} />;
}
