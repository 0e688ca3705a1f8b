import { useQuery } from "@tanstack/react-query";
import { projectsOptions } from "@/features/projects/queries";
import { sessionsOptions } from "@/features/sessions/queries";
import { workflowsOptions } from "@/features/workflows/queries";
import { Field, Select } from "@/ui/field";
import type { Search } from "../use-filters";

interface Named {
  id: string;
  name: string;
}

/** What it was made in. */
export function WhereFields({ search }: { search: Search }) {
  const { data: projects = [] } = useQuery(projectsOptions);
  const { data: sessions = [] } = useQuery(sessionsOptions);
  const { data: workflows = [] } = useQuery(workflowsOptions);
  return (
    <>
      <Choose search={search} name="project_id" label="Project" rows={projects} />
      <Choose
        search={search}
        name="session_id"
        label="Session"
        rows={sessions.map(({ id, title }) => ({ id, name: title }))}
      />
      <Choose search={search} name="workflow_id" label="Workflow" rows={workflows} />
    </>
  );
}

interface ChooseProps {
  search: Search;
  name: string;
  label: string;
  rows: readonly Named[];
}

function Choose({ search: { filters, change }, name, label, rows }: ChooseProps) {
  const value = filters[name] ?? "";
  if (rows.length === 0 && value === "") return null;
  const isKnown = value === "" || rows.some(({ id }) => id === value);
  return (
    <Field label={label}>
      {(field) => (
        <Select {...field} value={String(value)} onChange={(event) => change({ [name]: event.target.value || null })}>
          <option value="">Any</option>
          {!isKnown && <option value={String(value)}>Another one</option>}
          {rows.map((row) => (
            <option key={row.id} value={row.id}>
              {row.name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
