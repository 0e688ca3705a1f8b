import type { ReactNode } from "react";
import type { Generation } from "@/api/types";
import { useMachinesOf } from "@/features/machines/queries";
import { Pairs } from "./pairs";
import { secondsBetween, secondsShown } from "./times";

/** When, how long, and where. */
export function Made({ row }: { row: Generation }) {
  const machines = useMachinesOf(row.profile_id);
  const machine = machines.find(({ id }) => id === row.backend_id);
  const wanted = machines.find(({ id }) => id === row.wanted_backend_id);
  const pairs: [string, ReactNode][] = [
    ["Waited", secondsShown(secondsBetween(row.created_at, row.started_at))],
    ["Ran", secondsShown(row.generation_time_seconds ?? secondsBetween(row.started_at, row.completed_at))],
    ["Machine", machine?.name ?? row.backend_url],
    ["Address", machine ? row.backend_url : null],
    ["Wanted machine", wanted?.name ?? null],
    ["Number in ComfyUI", row.prompt_id],
  ];
  return <Pairs pairs={pairs} />;
}
