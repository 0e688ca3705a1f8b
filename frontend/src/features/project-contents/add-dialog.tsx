import { type FormEvent, useState } from "react";
import { type MemberKind, useMove } from "@/features/projects/changes";
import { ProjectDot } from "@/features/projects/project-dot";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { matching, SearchField } from "@/ui/search";
import type { Member } from "./member";

interface AddDialogProps {
  kind: MemberKind;
  projectId: string;
  /** What is not in the project. */
  rows: readonly Member[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const MOST_SHOWN = 100;

/** Chooses what is put into the project. */
export function AddDialog({ kind, open, onOpenChange, ...rest }: AddDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Add ${kind}`}
      description="What is in another project moves here."
    >
      <Choice kind={kind} {...rest} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

type ChoiceProps = Pick<AddDialogProps, "kind" | "projectId" | "rows"> & { onDone: () => void };

function Choice({ kind, projectId, rows, onDone }: ChoiceProps) {
  const [sought, setSought] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { mutate, isPending } = useMove(kind, onDone);
  const found = matching(rows, sought, ({ title }) => title);
  const ids = rows.map(({ id }) => id).filter((id) => chosen.has(id));
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (ids.length > 0) mutate({ ids, projectId });
  };
  const toggle = (id: string) =>
    setChosen((now) => (now.has(id) ? new Set([...now].filter((one) => one !== id)) : new Set([...now, id])));
  if (rows.length === 0) return <p className="text-soft text-sm">There are no other {kind}.</p>;
  return (
    <form onSubmit={add} className="flex flex-col gap-2">
      <SearchField label={`Search ${kind}`} placeholder="Search by title" value={sought} onChange={setSought} />
      <ul className="max-h-[50dvh] overflow-y-auto">
        {found.slice(0, MOST_SHOWN).map((row) => (
          <li key={row.id}>
            <label className="flex min-h-9 items-center gap-2 rounded px-1 text-sm hover:bg-hover">
              <input
                type="checkbox"
                className="size-4 shrink-0 accent-accent"
                checked={chosen.has(row.id)}
                onChange={() => toggle(row.id)}
              />
              <span className="min-w-0 flex-1 truncate">{row.title}</span>
              <ProjectDot projectId={row.projectId} />
              <span className="shrink-0 text-soft text-xs">{row.size}</span>
            </label>
          </li>
        ))}
      </ul>
      <p role="status" className="text-soft text-xs">
        {toldOf(found.length, ids.length)}
      </p>
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="strong" busy={isPending} disabled={ids.length === 0}>
          Add to the project
        </Button>
      </DialogActions>
    </form>
  );
}

function toldOf(found: number, chosen: number): string {
  if (found === 0) return "Nothing of that title.";
  const more = found > MOST_SHOWN ? `The first ${MOST_SHOWN} of ${found}; search to find the others. ` : "";
  return `${more}${chosen} chosen`;
}
