import { useParams } from "react-router";
import { useIsViewer } from "@/features/auth/me";
import { ProjectView } from "@/features/project-contents/project-view";
import { NewProject } from "@/features/projects/new-project";
import { ProjectList } from "@/features/projects/project-list";
import { Page } from "@/ui/page";

/** All projects, or the one of the address. */
export default function ProjectsPage() {
  const { projectId } = useParams<{ projectId: string }>();
  const isViewer = useIsViewer();
  if (projectId) return <ProjectView key={projectId} projectId={projectId} />;
  return (
    <Page title="Projects" actions={!isViewer && <NewProject />}>
      <ProjectList />
    </Page>
  );
}
