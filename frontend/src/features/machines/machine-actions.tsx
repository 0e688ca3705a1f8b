import { Ellipsis, PencilLine, Power, PowerOff, Stethoscope, Trash2 } from "lucide-react";
import { type RefObject, useRef, useState } from "react";
import type { Backend, Profile } from "@/api/types";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { focusBeside } from "@/ui/focus-beside";
import { Menu, type MenuItem } from "@/ui/menu";
import { useCheck, useRemove, useSwitch } from "./changes";
import { MachineDialog } from "./machine-dialog";

/** What who manages machines may do with one. */
export function MachineActions({ machine, profile }: { machine: Backend; profile: Profile }) {
  const { name, enabled, draining, is_own } = machine;
  const [opened, setOpened] = useState<"edit" | "remove" | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const check = useCheck(machine);
  const change = useSwitch(machine);
  const close = () => setOpened(null);
  const power: MenuItem = enabled
    ? {
        label: "Switch off",
        icon: <PowerOff size={16} aria-hidden />,
        onSelect: () => change.mutate({ enabled: false }),
      }
    : { label: "Switch on", icon: <Power size={16} aria-hidden />, onSelect: () => change.mutate({ enabled: true }) };
  const items: MenuItem[] = [
    { label: "Edit", icon: <PencilLine size={16} aria-hidden />, onSelect: () => setOpened("edit") },
    power,
    ...(is_own
      ? []
      : [
          {
            label: "Remove",
            icon: <Trash2 size={16} aria-hidden />,
            onSelect: () => setOpened("remove"),
            danger: true,
          },
        ]),
  ];
  const trigger = (
    <Button look="quiet" aria-label={`More for ${name}`} className="px-2 text-soft">
      <Ellipsis size={16} aria-hidden />
    </Button>
  );
  return (
    <div ref={box} className="flex flex-wrap items-center gap-1">
      <Button busy={check.isPending} onClick={() => check.mutate()} aria-label={`Check now: ${name}`}>
        <Stethoscope size={16} aria-hidden />
        Check now
      </Button>
      <Button
        busy={change.isPending}
        onClick={() => change.mutate({ draining: !draining })}
        aria-label={draining ? `Let ${name} take work again` : `Drain ${name}`}
        title={draining ? "It gets new work again." : "It ends what it has and gets nothing new."}
      >
        {draining ? "Take work again" : "Drain"}
      </Button>
      <Menu items={items} trigger={trigger} />
      <MachineDialog profile={profile} machine={machine} open={opened === "edit"} onOpenChange={close} />
      <Removal machine={machine} row={box} open={opened === "remove"} onClose={close} />
    </div>
  );
}

interface RemovalProps {
  machine: Backend;
  row: RefObject<HTMLElement | null>;
  open: boolean;
  onClose: () => void;
}

function Removal({ machine, row, open, onClose }: RemovalProps) {
  const removing = useRemove(machine, () => {
    focusBeside(row.current);
    onClose();
  });
  const close = () => {
    onClose();
    removing.reset();
  };
  return (
    <Confirm
      open={open}
      onOpenChange={close}
      title={`Remove “${machine.name}”?`}
      sentence="What runs there is seen to its end; what was to run there runs on another machine. To have it again, add it anew."
      verb="Remove"
      busy={removing.isPending}
      error={removing.error}
      onConfirm={() => removing.mutate()}
    />
  );
}
