import type { LucideIcon } from "lucide-react";
import { type NavigateFunction, useNavigate } from "react-router";
import { api, newIdempotencyKey, read } from "@/api/client";
import { messageOf } from "@/api/failure";
import type { Generation } from "@/api/types";
import { ActionButton } from "@/features/generations/cards/action-button";
import { addRow } from "@/features/generations/reread";
import { useMachinesOf } from "@/features/machines/queries";
import { Button } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { toast } from "@/ui/toast";

type Kind = "rerun" | "verify";

interface OnMachineProps {
  row: Generation;
  kind: Kind;
  label: string;
  Icon: LucideIcon;
}

/** The same graph once more; where there are several machines, on the one that is chosen. */
export function OnMachine({ row, kind, label, Icon }: OnMachineProps) {
  const navigate = useNavigate();
  const machines = useMachinesOf(row.profile_id);
  const open = machines.filter(({ enabled, draining }) => enabled && !draining);
  if (open.length < 2) return <ActionButton label={label} Icon={Icon} run={() => run(row, kind, null, navigate)} />;
  const items = [
    { label: "On the machine that suits best", onSelect: () => void run(row, kind, null, navigate) },
    ...open.map(({ id, name, status }) => ({
      label: `On ${name}${status === "down" ? " (not reachable now)" : ""}${id === row.backend_id ? " (as before)" : ""}`,
      onSelect: () => void run(row, kind, id, navigate),
    })),
  ];
  const trigger = (
    <Button look="quiet">
      <Icon size={16} aria-hidden />
      {label}
    </Button>
  );
  return <Menu trigger={trigger} items={items} />;
}

async function run({ id }: Generation, kind: Kind, backendId: string | null, navigate: NavigateFunction) {
  const request = {
    params: { path: { generation_id: id }, header: { "Idempotency-Key": newIdempotencyKey() } },
    body: { backend_id: backendId },
  };
  try {
    const asked =
      kind === "rerun"
        ? api.POST("/api/comfyui/generations/{generation_id}/rerun", request)
        : api.POST("/api/comfyui/generations/{generation_id}/verify", request);
    const made = await read(asked);
    addRow(made);
    toast({
      kind: "info",
      message: kind === "rerun" ? "It runs again." : "It runs again, to be compared with this one.",
      action: { label: "Show", run: () => navigate(`/generations/${made.id}`) },
    });
  } catch (failure) {
    toast({ kind: "error", message: `Not started. ${messageOf(failure)}` });
  }
}
