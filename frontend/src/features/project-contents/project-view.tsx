import { useQuery } from "@tanstack/react-query";
import { PencilLine, Trash2 } from "lucide-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import type { Project } from "@/api/types";
import { useIsViewer } from "@/features/auth/me";
import { useDelete } from "@/features/projects/changes";
import { countsOf } from "@/features/projects/project-card";
import { ProjectDialog } from "@/features/projects/project-dialog";
import { Dot } from "@/features/projects/project-dot";
import { projectsOptions } from "@/features/projects/queries";
import { BackLink } from "@/ui/back-link";
import { Button } from "@/ui/button";
import { focusNextPage } from "@/ui/focus-beside";
import { Empty, Failed } from "@/ui/notice";
import { Page } from "@/ui/page";
import { SkeletonList } from "@/ui/skeleton";
import { Members } from "./members";
import { Pictures } from "./pictures";

/** One project: what is in it, and its newest pictures. */
export function ProjectView({ projectId }: { projectId: string }) {
  const { data: projects, error, refetch } = useQuery(projectsOptions);
  const isViewer = useIsViewer();
  const project = projects?.find(({ id }) => id === projectId);
  if (!project) {
    return (
      <Page title="Project">
        {projects ? <Missing /> : null}
        {!projects && error && (
          <Failed what="The project could not be read" error={error} onRetry={() => void refetch()} />
        )}
        {!projects && !error && <SkeletonList rows={5} className="h-16" />}
      </Page>
    );
  }
  return (
    <Page
      title={project.name}
      aside={<About project={project} />}
      actions={
        <>
          <BackLink to="/projects">All projects</BackLink>
          {!isViewer && <Actions project={project} />}
        </>
      }
    >
      {project.description && <p className="whitespace-pre-wrap break-words text-sm">{project.description}</p>}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 md:grid-cols-2">
        <Members kind="sessions" projectId={projectId} isFixed={isViewer} />
        <Members kind="conversations" projectId={projectId} isFixed={isViewer} />
      </div>
      <Pictures projectId={projectId} name={project.name} />
    </Page>
  );
}

function Missing() {
  return (
    <Empty title="This project is not there" sentence="It was deleted, or its address is mistyped.">
      <Link to="/projects" className="text-accent underline">
        To all projects
      </Link>
    </Empty>
  );
}

function About({ project }: { project: Project }) {
  return (
    <span className="inline-flex items-center gap-2">
      <Dot color={project.color} />
      {countsOf(project)}
    </span>
  );
}

function Actions({ project }: { project: Project }) {
  const [isEditing, setEditing] = useState(false);
  const navigate = useNavigate();
  const { mutate, isPending } = useDelete(project, () => {
    focusNextPage();
    navigate("/projects", { flushSync: true });
  });
  return (
    <>
      <Button onClick={() => setEditing(true)}>
        <PencilLine size={16} aria-hidden />
        Edit
      </Button>
      <Button look="danger" busy={isPending} onClick={() => mutate()}>
        <Trash2 size={16} aria-hidden />
        Delete
      </Button>
      <ProjectDialog project={project} open={isEditing} onOpenChange={setEditing} />
    </>
  );
}
