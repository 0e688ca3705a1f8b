import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import type { Session } from "@/api/types";
import { projectsOptions } from "@/features/projects/queries";
import { Select } from "@/ui/field";
import { useParam } from "@/ui/param";

const PROJECT = "project";
const NONE = "none";

/** What of the address stays when another session is chosen. */
export function useKeptSearch(): string {
  const [search] = useSearchParams();
  const project = search.get(PROJECT);
  return project === null ? "" : `?${new URLSearchParams({ [PROJECT]: project })}`;
}

/** Whose sessions the sidebar shows, and the project that a new one begins in. */
export function useProjectFilter() {
  const [wanted] = useParam(PROJECT);
  const projectId = wanted === "" || wanted === NONE ? null : wanted;
  const isShown = ({ project_id }: Session) =>
    wanted === "" || (wanted === NONE ? project_id === null : project_id === wanted);
  return { isFiltered: wanted !== "", projectId, isShown };
}

/** Nothing while there are no projects. */
export function ProjectFilter() {
  const { data: projects } = useQuery(projectsOptions);
  const [wanted, setWanted] = useParam(PROJECT);
  if (!projects || (projects.length === 0 && wanted === "")) return null;
  const isKnown = wanted === "" || wanted === NONE || projects.some(({ id }) => id === wanted);
  return (
    <Select aria-label="Sessions of" value={wanted} onChange={(event) => setWanted(event.target.value)}>
      <option value="">All projects</option>
      {projects.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
      <option value={NONE}>In no project</option>
      {!isKnown && <option value={wanted}>A project that is gone</option>}
    </Select>
  );
}
