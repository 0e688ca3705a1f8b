import { useQuery } from "@tanstack/react-query";
import { useIsViewer } from "@/features/auth/me";
import { Empty, Failed } from "@/ui/notice";
import { useParam } from "@/ui/param";
import { matching, SearchField } from "@/ui/search";
import { SkeletonList } from "@/ui/skeleton";
import { ProjectCard } from "./project-card";
import { projectsOptions } from "./queries";

const SOUGHT_FROM = 7;

/** All projects by name. */
export function ProjectList() {
  const { data: projects, error, refetch } = useQuery(projectsOptions);
  const [sought, setSought] = useParam("q");
  const isViewer = useIsViewer();
  if (!projects && error)
    return <Failed what="The projects could not be read" error={error} onRetry={() => void refetch()} />;
  if (!projects) return <SkeletonList rows={4} className="h-24" />;
  if (projects.length === 0) {
    const hint = isViewer ? "" : " Make one, then move into it what belongs together.";
    return (
      <Empty
        title="No projects yet"
        sentence={`A project keeps sessions, conversations and their pictures of one undertaking together.${hint}`}
      />
    );
  }
  const found = matching(projects, sought, ({ name, description }) => `${name} ${description ?? ""}`);
  return (
    <>
      {(projects.length >= SOUGHT_FROM || sought !== "") && (
        <SearchField
          label="Search projects"
          placeholder="Search by name or description"
          value={sought}
          onChange={setSought}
          className="sm:max-w-sm"
        />
      )}
      <p role="status" className="text-soft text-sm empty:hidden">
        {found.length === 0 ? `No project has “${sought.trim()}” in its name or description.` : ""}
      </p>
      <ul aria-label="Projects" className="grid grid-cols-[minmax(0,1fr)] gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {found.map((project) => (
          <ProjectCard key={project.id} project={project} isFixed={isViewer} />
        ))}
      </ul>
    </>
  );
}
