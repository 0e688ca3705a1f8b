import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { components } from "@/api/schema";
import { Badge, type Tone } from "@/ui/badge";
import { Failed } from "@/ui/notice";
import { ProgressBar } from "@/ui/progress-bar";
import { SkeletonList } from "@/ui/skeleton";
import { loadOptions } from "./queries";

type Machine = components["schemas"]["BackendOut"];

/** How busy each machine is. */
export function MachinesLoad() {
  const { data: machines, error, refetch } = useQuery(loadOptions);
  return (
    <section aria-labelledby="machines-load" className="flex min-w-0 flex-col gap-2">
      <h2 id="machines-load" className="font-semibold">
        Machines
      </h2>
      {!machines && error && (
        <Failed what="The machines could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {!machines && !error && <SkeletonList rows={2} />}
      {machines?.length === 0 && (
        <p className="rounded-lg border border-line border-dashed p-4 text-soft text-sm">
          No ComfyUI is connected.{" "}
          <Link to="/profiles" className="text-accent underline">
            To the profiles
          </Link>
        </p>
      )}
      <ul className="flex flex-col gap-2">
        {machines?.map((machine) => (
          <MachineCard key={machine.id} machine={machine} />
        ))}
      </ul>
    </section>
  );
}

function MachineCard({ machine }: { machine: Machine }) {
  const { name, ours, effective_slots, queue, message, loaded_checkpoint } = machine;
  const { label, tone } = stateOf(machine);
  const waiting = queue?.pending ?? 0;
  return (
    <li className="flex flex-col gap-1.5 rounded-lg border border-line bg-raised p-3 text-sm">
      <div className="flex items-center justify-between gap-2">
        <Link to="/machines" className="wrap-anywhere font-medium hover:underline">
          {name}
        </Link>
        <Badge tone={tone}>{label}</Badge>
      </div>
      <ProgressBar
        label={`Load of ${name}`}
        percent={Math.min(100, Math.round((100 * ours) / Math.max(1, effective_slots)))}
        text={`${ours} of ${effective_slots} slots in use`}
      />
      <p className="text-soft text-xs">
        {ours} of {effective_slots} slots in use{waiting > 0 && `, ${waiting} in its own queue`}
      </p>
      {loaded_checkpoint && <p className="truncate text-soft text-xs">{loaded_checkpoint}</p>}
      {message && <p className="wrap-anywhere text-xs">{message}</p>}
    </li>
  );
}

function stateOf({ enabled, draining, status }: Machine): { label: string; tone: Tone } {
  if (!enabled) return { label: "Off", tone: "neutral" };
  if (status === "down") return { label: "Down", tone: "bad" };
  if (draining) return { label: "Draining", tone: "warn" };
  return status === "up" ? { label: "Up", tone: "good" } : { label: "Not known yet", tone: "neutral" };
}
