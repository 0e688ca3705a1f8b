import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useSearchParams } from "react-router";
import { api, read } from "@/api/client";
import type { Me } from "@/api/types";
import { meOptions } from "@/features/auth/me";
import { membersOptions } from "@/features/workspaces/queries";
import { Button } from "@/ui/button";
import { DayInput } from "@/ui/day-input";
import { Field, Select } from "@/ui/field";
import { LateSearch } from "@/ui/late-search";
import { useParam } from "@/ui/param";

/** What narrows a log, side by side. */
export function Filters({ children }: { children: ReactNode }) {
  const [params, setParams] = useSearchParams();
  return (
    <search className="grid grid-cols-2 items-end gap-3 sm:grid-cols-3 lg:grid-cols-4 xl:grid-cols-5">
      {children}
      {params.size > 0 && (
        <Button onClick={() => setParams({}, { replace: true })} className="justify-self-start">
          Clear filters
        </Button>
      )}
    </search>
  );
}

export function DayFilter({ name, label }: { name: string; label: string }) {
  const [day, setDay] = useParam(name);
  return <Field label={label}>{(props) => <DayInput {...props} value={day} onChange={setDay} />}</Field>;
}

export interface Choice {
  value: string;
  label: string;
}

interface ChoiceFilterProps {
  name: string;
  label: string;
  /** What is shown while nothing is chosen. */
  all: string;
  choices: readonly Choice[];
}

/** A value that came by the address and is none of the choices is shown as it is. */
export function ChoiceFilter({ name, label, all, choices }: ChoiceFilterProps) {
  const [chosen, choose] = useParam(name);
  const isOther = chosen !== "" && choices.every(({ value }) => value !== chosen);
  return (
    <Field label={label}>
      {(props) => (
        <Select {...props} value={chosen} onChange={(event) => choose(event.target.value)}>
          <option value="">{all}</option>
          {choices.map(({ value, label: shown }) => (
            <option key={value} value={value}>
              {shown}
            </option>
          ))}
          {isOther && <option value={chosen}>{chosen}</option>}
        </Select>
      )}
    </Field>
  );
}

export function TextFilter({ name, label, placeholder }: { name: string; label: string; placeholder: string }) {
  const [text, setText] = useParam(name);
  return (
    <div className="flex flex-col gap-1">
      <span aria-hidden className="font-medium text-sm">
        {label}
      </span>
      <LateSearch label={label} placeholder={placeholder} value={text} onChange={setText} />
    </div>
  );
}

const MOST_PEOPLE = 200;

const everybodyOptions = {
  queryKey: ["users", "all"],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    read(api.GET("/api/users", { params: { query: { limit: MOST_PEOPLE } }, signal })),
} as const;

/** Who did it: one of all users for the server's admins, for others one of the workspace. */
export function PersonFilter() {
  const { data: me } = useQuery(meOptions);
  const isAdmin = me?.role === "admin";
  const everybody = useQuery({ ...everybodyOptions, enabled: isAdmin });
  const members = useQuery({
    ...membersOptions(me?.workspace_id ?? ""),
    enabled: me?.workspace_id != null && !isAdmin,
  });
  const people = isAdmin
    ? (everybody.data ?? []).map(({ id, name, email }) => ({ value: id, label: `${name}, ${email}` }))
    : (members.data ?? []).map(({ user_id, name, email }) => ({ value: user_id, label: `${name}, ${email}` }));
  return <ChoiceFilter name="user" label="Who" all="Everybody" choices={people} />;
}

export function WorkspaceFilter({ me, others }: { me: Me; others: readonly Choice[] }) {
  const own = me.memberships.map(({ workspace_id, name }) => ({ value: workspace_id, label: name }));
  const more = others.filter(({ value }) => own.every((one) => one.value !== value));
  return <ChoiceFilter name="workspace" label="Workspace" all="The whole server" choices={[...own, ...more]} />;
}
