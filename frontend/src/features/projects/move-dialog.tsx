import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Check, FolderPlus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Failed } from "@/ui/notice";
import { matching, SearchField } from "@/ui/search";
import { SkeletonList } from "@/ui/skeleton";
import { ProjectDialog } from "./project-dialog";
import { Dot } from "./project-dot";
import { projectsOptions } from "./queries";

interface MoveProps {
  /** What is moved. */
  title: string;
  /** The project that it is in. */
  value: string | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onMove: (projectId: string | null) => void;
}

/** Asks into which project something goes; choosing moves it. */
export function MoveToProject({ title, value, open, onOpenChange, onMove }: MoveProps) {
  const choose = (projectId: string | null) => {
    onOpenChange(false);
    if (projectId !== value) onMove(projectId);
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Move to a project" description={title}>
      <Choices value={value} onChoose={choose} />
    </Dialog>
  );
}

const SOUGHT_FROM = 8;

function Choices({ value, onChoose }: { value: string | null; onChoose: (projectId: string | null) => void }) {
  const { data: projects, error, refetch } = useQuery(projectsOptions);
  const [isMaking, setMaking] = useState(false);
  const [sought, setSought] = useState("");
  if (!projects && error)
    return <Failed what="The projects could not be read" error={error} onRetry={() => void refetch()} />;
  if (!projects) return <SkeletonList rows={4} className="h-10" />;
  const found = matching(projects, sought, ({ name }) => name);
  return (
    <div className="flex flex-col gap-2">
      {projects.length > SOUGHT_FROM && (
        <SearchField label="Search projects" placeholder="Search" value={sought} onChange={setSought} />
      )}
      <ul className="flex flex-col">
        <Choice label="No project" color={null} isChosen={value === null} onChoose={() => onChoose(null)} />
        {found.map(({ id, name, color }) => (
          <Choice key={id} label={name} color={color} isChosen={id === value} onChoose={() => onChoose(id)} />
        ))}
      </ul>
      {found.length === 0 && sought !== "" && <p className="text-soft text-sm">No project of that name.</p>}
      <Button onClick={() => setMaking(true)} className="self-start">
        <FolderPlus size={16} aria-hidden />
        New project
      </Button>
      <ProjectDialog project={null} open={isMaking} onOpenChange={setMaking} onSaved={({ id }) => onChoose(id)} />
    </div>
  );
}

interface ChoiceProps {
  label: string;
  color: string | null;
  isChosen: boolean;
  onChoose: () => void;
}

function Choice({ label, color, isChosen, onChoose }: ChoiceProps) {
  return (
    <li>
      <button
        type="button"
        aria-pressed={isChosen}
        onClick={onChoose}
        className="flex min-h-10 w-full items-center gap-3 rounded-md px-2 text-left text-sm hover:bg-hover"
      >
        <Dot color={color} />
        <span className="min-w-0 flex-1 break-words">{label}</span>
        <Check size={16} aria-hidden className={clsx("shrink-0 text-accent", !isChosen && "invisible")} />
      </button>
    </li>
  );
}
