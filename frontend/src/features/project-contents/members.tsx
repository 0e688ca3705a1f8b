import { FolderMinus, Plus } from "lucide-react";
import { useId, useState } from "react";
import { Link } from "react-router";
import { type MemberKind, useMove } from "@/features/projects/changes";
import { Button, IconButton } from "@/ui/button";
import { focusBeside } from "@/ui/focus-beside";
import { Failed } from "@/ui/notice";
import { RelativeTime } from "@/ui/relative-time";
import { SkeletonList } from "@/ui/skeleton";
import { AddDialog } from "./add-dialog";
import { type Member, useMembers } from "./member";

const TITLES: Record<MemberKind, string> = { sessions: "Sessions", conversations: "Conversations" };
const NO_LIST: Record<MemberKind, string> = {
  sessions: "No ComfyUI sessions are in this project.",
  conversations: "No conversations are in this project.",
};
const FIRST_SHOWN = 10;

interface MembersProps {
  kind: MemberKind;
  projectId: string;
  isFixed: boolean;
}

/** The sessions or conversations of a project; others can be put in, and these taken out. */
export function Members({ kind, projectId, isFixed }: MembersProps) {
  const { rows, error, retry } = useMembers(kind, projectId);
  const [isAdding, setAdding] = useState(false);
  const titleId = useId();
  const inside = rows?.filter((row) => row.projectId === projectId);
  return (
    <section aria-labelledby={titleId} className="flex flex-col gap-1 rounded-xl border border-line bg-raised p-3">
      <div className="flex min-h-9 items-center justify-between gap-2">
        <h2 id={titleId} className="font-semibold">
          {TITLES[kind]} {inside && <span className="font-normal text-soft text-sm">{inside.length}</span>}
        </h2>
        {!isFixed && (
          <Button look="quiet" onClick={() => setAdding(true)}>
            <Plus size={16} aria-hidden />
            Add {kind}
          </Button>
        )}
      </div>
      {error && <Failed what={`The ${kind} could not be read`} error={error} onRetry={retry} />}
      {!rows && !error && <SkeletonList rows={3} />}
      {inside?.length === 0 && <p className="py-2 text-soft text-sm">{NO_LIST[kind]}</p>}
      {inside && <Rows kind={kind} rows={inside} isFixed={isFixed} />}
      {rows && (
        <AddDialog
          kind={kind}
          projectId={projectId}
          rows={rows.filter((row) => row.projectId !== projectId)}
          open={isAdding}
          onOpenChange={setAdding}
        />
      )}
    </section>
  );
}

function Rows({ kind, rows, isFixed }: { kind: MemberKind; rows: readonly Member[]; isFixed: boolean }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? rows : rows.slice(0, FIRST_SHOWN);
  return (
    <>
      <ul className="flex flex-col">
        {shown.map((row) => (
          <MemberRow key={row.id} kind={kind} row={row} isFixed={isFixed} />
        ))}
      </ul>
      {shown.length < rows.length && (
        <Button look="quiet" onClick={() => setWhole(true)}>
          Show all {rows.length}
        </Button>
      )}
    </>
  );
}

function MemberRow({ kind, row, isFixed }: { kind: MemberKind; row: Member; isFixed: boolean }) {
  const { mutate, isPending } = useMove(kind);
  const takeOut = () => {
    focusBeside();
    mutate({ ids: [row.id], projectId: null });
  };
  return (
    <li className="flex items-center gap-1 rounded-md hover:bg-hover">
      <Link to={row.to} className="min-w-0 flex-1 rounded-md px-2 py-1.5">
        <span className="block truncate text-sm">{row.title}</span>
        <span className="block truncate text-soft text-xs">
          {row.size} · <RelativeTime at={row.at} />
        </span>
      </Link>
      {!isFixed && (
        <IconButton label={`Take “${row.title}” out of the project`} busy={isPending} onClick={takeOut}>
          <FolderMinus size={16} aria-hidden />
        </IconButton>
      )}
    </li>
  );
}
