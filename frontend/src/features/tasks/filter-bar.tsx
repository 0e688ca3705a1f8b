import { Link } from "react-router";
import { PROVIDER_NAMES, PROVIDERS } from "@/features/profiles/providers";
import { DayInput } from "@/ui/day-input";
import { Field, Select } from "@/ui/field";
import { LateSearch } from "@/ui/late-search";
import { useParam } from "@/ui/param";
import { STATUSES, type TaskStatus, TYPE_NAMES, TYPES } from "./task";

/** What narrows a list of tasks; all of it stands in the address. */
export function FilterBar({ statuses }: { statuses: readonly TaskStatus[] }) {
  const [q, setQ] = useParam("q");
  return (
    <search aria-label="Filter the tasks" className="flex flex-wrap gap-2 *:w-auto! *:grow *:basis-34">
      <LateSearch
        label="Search in names and prompts"
        placeholder="Search in names and prompts"
        value={q}
        onChange={setQ}
        className="basis-72!"
      />
      <Choice name="status" label="Status" choices={statuses.map((name) => [name, STATUSES[name].label])} />
      <Choice name="type" label="Type" choices={TYPE_NAMES.map((name) => [name, TYPES[name].label])} />
      <Choice name="provider" label="Provider" choices={PROVIDER_NAMES.map((name) => [name, PROVIDERS[name].label])} />
      <Days />
    </search>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  choices: readonly (readonly [string, string])[];
}

export function Choice({ name, label, choices }: ChoiceProps) {
  const [value, setValue] = useParam(name);
  return (
    <Select aria-label={label} value={value} onChange={(event) => setValue(event.target.value)}>
      <option value="">{label}: all</option>
      {choices.map(([choice, told]) => (
        <option key={choice} value={choice}>
          {told}
        </option>
      ))}
    </Select>
  );
}

/** The first and the last day. */
export function Days() {
  const [from, setFrom] = useParam("from");
  const [to, setTo] = useParam("to");
  return (
    <div className="flex basis-80! flex-wrap gap-2 *:grow *:basis-36">
      <Day label="From" value={from} onChange={setFrom} />
      <Day label="To" value={to} onChange={setTo} />
    </div>
  );
}

function Day({ label, value, onChange }: { label: string; value: string; onChange: (day: string) => void }) {
  return (
    <Field label={label} className="flex-row! items-center gap-2! text-soft">
      {(props) => <DayInput {...props} value={value} onChange={onChange} />}
    </Field>
  );
}

/** Says that only what one schedule has started is listed, and the way back to all. */
export function OfSchedule({ to }: { to: string }) {
  const [scheduleId] = useParam("schedule_id");
  if (scheduleId === "") return null;
  return (
    <p className="text-soft text-sm">
      Only what{" "}
      <Link to={`/schedules?id=${scheduleId}`} className="text-accent underline">
        one schedule
      </Link>{" "}
      has started.{" "}
      <Link to={to} className="text-accent underline">
        Show all
      </Link>
    </p>
  );
}
