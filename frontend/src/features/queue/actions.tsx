import { ArrowDown, ArrowUp, Ellipsis, Pause, Play, X } from "lucide-react";
import { useState } from "react";
import type { Generation } from "@/api/types";
import { ActionButton } from "@/features/generations/cards/action-button";
import { Button } from "@/ui/button";
import { focusBeside } from "@/ui/focus-beside";
import { Menu } from "@/ui/menu";
import { cancelGeneration, cancelTask, hold, move, release } from "./changes";
import { neighbourOf } from "./order";
import { PriorityDialog } from "./priority-dialog";

const LONGEST_LABEL = 60;

interface WaitingActionsProps {
  row: Generation;
  rows: readonly Generation[];
  name: string;
}

/** What can be done with one that waits: earlier, later, not now, never. */
export function WaitingActions({ row, rows, name }: WaitingActionsProps) {
  const [isAsking, setAsking] = useState(false);
  const [before, after] = [neighbourOf(rows, row.id, -1), neighbourOf(rows, row.id, 1)];
  const short = name.slice(0, LONGEST_LABEL);
  const isHeld = row.held_at !== null;
  const items = [
    { label: "To the front", onSelect: () => void move(row, { to: "front" }) },
    { label: "To the back", onSelect: () => void move(row, { to: "back" }) },
    { label: "Priority…", onSelect: () => setAsking(true) },
  ];
  return (
    <div className="ml-auto flex shrink-0">
      <ActionButton
        id={`earlier-${row.id}`}
        iconOnly
        label={`Earlier: ${short}`}
        Icon={ArrowUp}
        aria-disabled={before === null}
        className="aria-disabled:opacity-40"
        run={() => (before ? move(row, { before: before.id }) : undefined)}
      />
      <ActionButton
        id={`later-${row.id}`}
        iconOnly
        label={`Later: ${short}`}
        Icon={ArrowDown}
        aria-disabled={after === null}
        className="aria-disabled:opacity-40"
        run={() => (after ? move(row, { after: after.id }) : undefined)}
      />
      <ActionButton
        id={`hold-${row.id}`}
        iconOnly
        label={`${isHeld ? "Release" : "Hold"}: ${short}`}
        Icon={isHeld ? Play : Pause}
        run={() => (isHeld ? release(row) : hold(row))}
      />
      <CancelRow id={row.id} name={name} isTask={false} />
      <Menu
        items={items}
        trigger={
          <Button id={`more-${row.id}`} look="quiet" aria-label={`More for ${short}`} className="px-2">
            <Ellipsis size={16} aria-hidden />
          </Button>
        }
      />
      <PriorityDialog row={row} isTask={false} open={isAsking} onOpenChange={setAsking} />
    </div>
  );
}

export function CancelRow({ id, name, isTask }: { id: string; name: string; isTask: boolean }) {
  const cancel = async () => {
    focusBeside();
    await (isTask ? cancelTask({ id }) : cancelGeneration({ id }));
  };
  return (
    <ActionButton
      id={`cancel-${id}`}
      iconOnly
      label={`Cancel: ${name.slice(0, LONGEST_LABEL)}`}
      Icon={X}
      run={cancel}
    />
  );
}
