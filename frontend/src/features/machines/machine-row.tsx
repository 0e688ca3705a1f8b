import type { Backend, Profile } from "@/api/types";
import { Badge } from "@/ui/badge";
import { RelativeTime } from "@/ui/relative-time";
import { MachineActions } from "./machine-actions";
import { queueOf, stateOf } from "./state";

interface MachineRowProps {
  machine: Backend;
  profile: Profile;
  isManaged: boolean;
}

/** One machine: whether it answers, what it has to do, and what can be done with it. */
export function MachineRow({ machine, profile, isManaged }: MachineRowProps) {
  const { word, tone } = stateOf(machine);
  return (
    <li aria-label={machine.name} className="flex flex-col gap-3 rounded-xl border border-line bg-raised p-4">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <h3 className="flex flex-wrap items-center gap-2 font-semibold">
            <span className="min-w-0 break-words">{machine.name}</span>
            <Badge tone={tone}>{word}</Badge>
            {machine.is_own && <Badge>The profile’s own</Badge>}
          </h3>
          <p className="break-all text-soft text-sm">{machine.url}</p>
        </div>
        {isManaged && <MachineActions machine={machine} profile={profile} />}
      </div>
      <p
        role="status"
        className={machine.status === "down" ? "text-bad text-sm empty:hidden" : "text-sm text-warn empty:hidden"}
      >
        {machine.enabled && machine.message}
        {machine.enabled && machine.status === "down" && machine.down_since && (
          <>
            {" "}
            Away since <RelativeTime at={machine.down_since} />.
          </>
        )}
      </p>
      <Facts machine={machine} />
    </li>
  );
}

function Facts({ machine }: { machine: Backend }) {
  const { slots, effective_slots, checked_at } = machine;
  const facts = [
    { term: "Queue", fact: queueOf(machine) },
    {
      term: "Ours, running",
      fact: `${machine.ours} of ${effective_slots} slots${slots === null ? " (as usual)" : ""}`,
    },
    { term: "ComfyUI", fact: machine.comfyui_version ?? "Not known" },
    { term: "Device", fact: machine.device ?? "Not known" },
    { term: "Loaded checkpoint", fact: machine.loaded_checkpoint ?? "None" },
    { term: "API key", fact: machine.has_api_key ? (machine.api_key ?? "Stored") : "None" },
    { term: "Last asked", fact: checked_at ? <RelativeTime at={checked_at} /> : "Never" },
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-2 text-sm sm:grid-cols-3 lg:grid-cols-4">
      {facts.map(({ term, fact }) => (
        <div key={term} className="min-w-0">
          <dt className="text-soft text-xs">{term}</dt>
          <dd className="break-words">{fact}</dd>
        </div>
      ))}
    </dl>
  );
}
