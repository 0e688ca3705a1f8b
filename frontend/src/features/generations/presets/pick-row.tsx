import { clsx } from "clsx";
import { Check, Ellipsis, PencilLine, RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Preset } from "@/api/types";
import type { Form } from "@/features/generations/form/use-form";
import { Button } from "@/ui/button";
import { focusBeside } from "@/ui/focus-beside";
import { Menu, type MenuItem } from "@/ui/menu";
import { useDelete, useRenew } from "./changes";
import { EditDialog } from "./edit-dialog";
import { isFor } from "./fit";
import { renewed, summaryOf } from "./settings";

interface PickRowProps {
  preset: Preset;
  form: Form;
  isFollowed: boolean;
  onChoose: () => void;
}

/** A preset to choose, or to change. */
export function PickRow({ preset, form, isFollowed, onChoose }: PickRowProps) {
  return (
    <li className="flex items-center rounded-md hover:bg-hover">
      <button
        type="button"
        aria-pressed={isFollowed}
        onClick={onChoose}
        className="flex min-h-11 min-w-0 flex-1 items-center gap-2 rounded-md px-2 py-1.5 text-left -outline-offset-2"
      >
        <Check size={15} aria-hidden className={clsx("shrink-0 text-accent", !isFollowed && "invisible")} />
        <span className="flex min-w-0 flex-col">
          <span className="line-clamp-2 break-words font-medium text-sm">{preset.name}</span>
          <span className="line-clamp-2 break-words text-soft text-xs">{summaryOf(preset.parameters)}</span>
        </span>
      </button>
      <More preset={preset} form={form} />
    </li>
  );
}

function More({ preset, form }: { preset: Preset; form: Form }) {
  const [isEditing, setEditing] = useState(false);
  const deleting = useDelete(preset);
  const renewing = useRenew(preset);
  const remove = () => {
    focusBeside();
    deleting.mutate();
  };
  const update: MenuItem = {
    label: "Update to the form",
    icon: <RefreshCw size={16} aria-hidden />,
    onSelect: () => renewing.mutate(renewed(preset.parameters, form.values)),
  };
  const items: MenuItem[] = [
    ...(isFor(preset, form.workflow.id) ? [update] : []),
    { label: "Edit", icon: <PencilLine size={16} aria-hidden />, onSelect: () => setEditing(true) },
    { label: "Delete", icon: <Trash2 size={16} aria-hidden />, onSelect: remove, danger: true },
  ];
  const trigger = (
    <Button look="quiet" aria-label={`More for ${preset.name}`} className="px-2 text-soft">
      <Ellipsis size={16} aria-hidden />
    </Button>
  );
  return (
    <>
      <Menu items={items} trigger={trigger} />
      <EditDialog preset={preset} open={isEditing} onOpenChange={setEditing} />
    </>
  );
}
