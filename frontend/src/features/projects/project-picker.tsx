import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { useState } from "react";
import { Select } from "@/ui/field";
import { ProjectDialog } from "./project-dialog";
import { Dot } from "./project-dot";
import { projectsOptions } from "./queries";

interface ProjectPickerProps {
  value: string | null;
  onChange: (projectId: string | null) => void;
  label?: string;
  className?: string;
}

const NONE = "";
const NEW = "new";

/** In which project something is; a new one can be made here. */
export function ProjectPicker({ value, onChange, label = "Project", className }: ProjectPickerProps) {
  const { data: projects = [] } = useQuery(projectsOptions);
  const [isMaking, setMaking] = useState(false);
  const chosen = projects.find(({ id }) => id === value);
  const choose = (id: string) => {
    if (id === NEW) setMaking(true);
    else onChange(id === NONE ? null : id);
  };
  return (
    <div className={clsx("flex min-w-0 items-center gap-2", className)}>
      <Dot color={chosen?.color ?? null} />
      <Select aria-label={label} value={chosen?.id ?? NONE} onChange={(event) => choose(event.target.value)}>
        <option value={NONE}>No project</option>
        {projects.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
        <option value={NEW}>New project…</option>
      </Select>
      <ProjectDialog project={null} open={isMaking} onOpenChange={setMaking} onSaved={({ id }) => onChange(id)} />
    </div>
  );
}
