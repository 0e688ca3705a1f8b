import { useQuery } from "@tanstack/react-query";
import { profilesOptions } from "@/features/profiles/queries";
import { projectsOptions } from "@/features/projects/queries";
import { sessionsOptions } from "@/features/sessions/queries";
import { workflowsOptions } from "@/features/workflows/queries";
import type { Filters } from "../filters";

/** What the rows that filters name are called, as far as they are known. */
export function useNames(filters: Filters): (name: string, id: string) => string | undefined {
  const has = (name: string) => filters[name] !== undefined;
  const { data: sessions = [] } = useQuery({ ...sessionsOptions, enabled: has("session_id") });
  const { data: projects = [] } = useQuery({ ...projectsOptions, enabled: has("project_id") });
  const { data: workflows = [] } = useQuery({ ...workflowsOptions, enabled: has("workflow_id") });
  const { data: profiles = [] } = useQuery({ ...profilesOptions, enabled: has("profile_id") });
  const rows: Readonly<Record<string, readonly { id: string; name: string }[]>> = {
    session_id: sessions.map(({ id, title }) => ({ id, name: title })),
    project_id: projects,
    workflow_id: workflows,
    profile_id: profiles,
  };
  return (name, id) => rows[name]?.find((row) => row.id === id)?.name;
}
