import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { projectsOptions } from "./queries";

/** The colour of a project; a ring where it has none. */
export function Dot({ color, className }: { color: string | null; className?: string }) {
  return (
    <span
      aria-hidden
      className={clsx(
        "inline-block size-2.5 shrink-0 rounded-full",
        color === null && "border border-control",
        className,
      )}
      style={color === null ? undefined : { backgroundColor: color }}
    />
  );
}

/** In which project something is, by colour, its name for who does not see it; nothing where it is in none. */
export function ProjectDot({ projectId }: { projectId: string | null }) {
  const { data: projects } = useQuery({ ...projectsOptions, enabled: projectId !== null });
  const project = projects?.find(({ id }) => id === projectId);
  if (!project) return null;
  return (
    <span title={project.name} className="inline-flex items-center">
      <Dot color={project.color} />
      <span className="sr-only">in {project.name}</span>
    </span>
  );
}
