import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Profile } from "@/api/types";
import { PROVIDERS } from "@/features/profiles/providers";
import { profilesOptions } from "@/features/profiles/queries";
import { InputPicture } from "./form/input-picture";
import { exactTime, tookOf } from "./moments";
import { type Task, TYPES } from "./task";

interface Fact {
  term: string;
  fact: ReactNode;
}

export function TaskFacts({ task }: { task: Task }) {
  const { data: profiles = [] } = useQuery(profilesOptions);
  const facts = [...workOf(task, profiles), ...timesOf(task), ...costOf(task)].filter(({ fact }) => fact);
  return (
    <>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
        {facts.map(({ term, fact }) => (
          <div key={term} className="contents">
            <dt className="text-soft">{term}</dt>
            <dd className="wrap-anywhere">{fact}</dd>
          </div>
        ))}
      </dl>
      <Options options={task.options} />
    </>
  );
}

function workOf(task: Task, profiles: readonly Profile[]): Fact[] {
  const profile = profiles.find(({ id }) => id === task.profile_id);
  return [
    { term: "Type", fact: TYPES[task.type].label },
    { term: "Provider", fact: [PROVIDERS[task.provider].label, profile?.name].filter(Boolean).join(", ") },
    { term: "Model", fact: task.model },
    { term: "Priority", fact: String(task.priority) },
    { term: "Tried again", fact: `${task.attempt} times; at most ${task.max_attempts} attempts` },
    { term: "Run", fact: task.run > 1 ? `the ${ordinal(task.run)}, after a retry` : null },
    { term: "Inputs", fact: task.inputs.length > 0 ? <Inputs ids={task.inputs} /> : null },
    {
      term: "Generation",
      fact: task.generation_id && <FactLink to={`/generations/${task.generation_id}`}>Open what ComfyUI made</FactLink>,
    },
    {
      term: "Schedule",
      fact: task.schedule_id && <FactLink to={`/schedules?id=${task.schedule_id}`}>Started by a schedule</FactLink>,
    },
  ];
}

const ORDINALS = new Intl.PluralRules("en", { type: "ordinal" });
const ENDINGS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };
const ordinal = (count: number) => `${count}${ENDINGS[ORDINALS.select(count)] ?? "th"}`;

function timesOf({ created_at, run_after, started_at, completed_at }: Task): Fact[] {
  const isLater = Date.parse(run_after) > Date.parse(created_at) + 1_000;
  return [
    { term: "Asked for", fact: exactTime(created_at) },
    { term: "Not before", fact: isLater ? exactTime(run_after) : null },
    { term: "Begun", fact: started_at && exactTime(started_at) },
    { term: "Ended", fact: completed_at && exactTime(completed_at) },
    { term: "Took", fact: tookOf(started_at, completed_at) },
  ];
}

function costOf({ result }: Task): Fact[] {
  const told = result?.metadata ?? {};
  const number = (name: string) => (typeof told[name] === "number" ? (told[name] as number) : null);
  const [into, out, cost] = [number("input_tokens"), number("output_tokens"), number("cost_usd")];
  return [
    { term: "Tokens", fact: into === null && out === null ? null : `${into ?? "?"} in, ${out ?? "?"} out` },
    { term: "Cost", fact: cost === null ? null : `$${cost.toFixed(cost < 0.01 ? 6 : 4)}` },
  ];
}

function Inputs({ ids }: { ids: readonly string[] }) {
  return (
    <span className="flex flex-wrap gap-1">
      {ids.map((id, place) => (
        <InputPicture key={id} id={id} name={`File ${place + 1}`} />
      ))}
    </span>
  );
}

function FactLink({ to, children }: { to: string; children: string }) {
  return (
    <Link to={to} className="text-accent underline">
      {children}
    </Link>
  );
}

function Options({ options }: { options: Task["options"] }) {
  if (!options || Object.keys(options).length === 0) return null;
  return (
    <details className="text-sm">
      <summary className="min-h-9 cursor-pointer py-1.5">Options</summary>
      <pre className="max-h-80 overflow-auto rounded-md bg-sunken p-3 text-xs">{JSON.stringify(options, null, 2)}</pre>
    </details>
  );
}
