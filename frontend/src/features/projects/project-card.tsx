import { Ellipsis, PencilLine, Trash2 } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import type { Project } from "@/api/types";
import { counted } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { focusBeside } from "@/ui/focus-beside";
import { Menu, type MenuItem } from "@/ui/menu";
import { useDelete } from "./changes";
import { ProjectDialog } from "./project-dialog";

/** A project in the list, with its colour at the side. */
export function ProjectCard({ project, isFixed }: { project: Project; isFixed: boolean }) {
  const { id, name, description, color } = project;
  return (
    <li className="relative flex min-h-24 min-w-0 overflow-hidden rounded-xl border border-line bg-raised focus-within:bg-hover hover:bg-hover">
      <span aria-hidden className="w-1.5 shrink-0 bg-line" style={color ? { backgroundColor: color } : undefined} />
      <div className="flex min-w-0 flex-1 flex-col gap-1 p-3">
        <h2 className="pr-9 font-semibold">
          <Link to={`/projects/${id}`} className="line-clamp-2 break-words after:absolute after:inset-0">
            {name}
          </Link>
        </h2>
        {description && <p className="line-clamp-2 break-words text-soft text-sm">{description}</p>}
        <p className="mt-auto text-soft text-xs">{countsOf(project)}</p>
      </div>
      {!isFixed && <Actions project={project} />}
    </li>
  );
}

export const countsOf = ({ session_count, conversation_count, generation_count }: Project): string =>
  [
    counted(session_count, "session"),
    counted(conversation_count, "conversation"),
    counted(generation_count, "generation"),
  ].join(" · ");

function Actions({ project }: { project: Project }) {
  const [isEditing, setEditing] = useState(false);
  const { mutate } = useDelete(project);
  const remove = () => {
    focusBeside();
    mutate();
  };
  const items: MenuItem[] = [
    { label: "Edit", icon: <PencilLine size={16} aria-hidden />, onSelect: () => setEditing(true) },
    { label: "Delete", icon: <Trash2 size={16} aria-hidden />, onSelect: remove, danger: true },
  ];
  const trigger = (
    <Button look="quiet" aria-label={`More for ${project.name}`} className="absolute! top-1.5 right-1.5 px-2 text-soft">
      <Ellipsis size={16} aria-hidden />
    </Button>
  );
  return (
    <>
      <Menu items={items} trigger={trigger} />
      <ProjectDialog project={project} open={isEditing} onOpenChange={setEditing} />
    </>
  );
}
