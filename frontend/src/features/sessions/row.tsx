import { clsx } from "clsx";
import { Ellipsis, FolderInput, PencilLine, Trash2 } from "lucide-react";
import { type KeyboardEvent, memo, useRef, useState } from "react";
import type { Session } from "@/api/types";
import { MoveToProject } from "@/features/projects/move-dialog";
import { ProjectDot } from "@/features/projects/project-dot";
import { Button } from "@/ui/button";
import { ContextMenu, Menu, type MenuItem } from "@/ui/menu";
import { RelativeTime } from "@/ui/relative-time";
import { moveSession, renameSession } from "./changes";
import { TitleField } from "./title-field";

interface RowProps {
  session: Session;
  isActive: boolean;
  /** For who only looks. */
  isFixed: boolean;
  tabIndex: 0 | -1;
  onSelect: (id: string) => void;
  onDelete: (session: Session) => void;
}

/** Drawn anew only when it changes: an arrow key moves from one of many. */
export const SessionRow = memo(function SessionRow(props: RowProps) {
  const { session, isActive, isFixed, tabIndex, onSelect, onDelete } = props;
  const [isRenaming, setRenaming] = useState(false);
  const [isMoving, setMoving] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const { id, title } = session;

  const finish = (next: string | null) => {
    setRenaming(false);
    if (next !== null && next !== title) void renameSession(id, next);
    requestAnimationFrame(() => document.activeElement?.contains(opener.current) && opener.current?.focus());
  };
  if (isRenaming) return <TitleField title={title} onDone={finish} />;

  const remove = () => onDelete(session);
  const items: MenuItem[] = [
    { label: "Rename", icon: <PencilLine size={16} aria-hidden />, onSelect: () => setRenaming(true) },
    { label: "Move to a project", icon: <FolderInput size={16} aria-hidden />, onSelect: () => setMoving(true) },
    { label: "Delete", icon: <Trash2 size={16} aria-hidden />, onSelect: remove, danger: true },
  ];
  const keys: Record<string, () => void> = { F2: () => setRenaming(true), Delete: remove };
  const onKeyDown = (event: KeyboardEvent) => {
    const run = keys[event.key];
    if (!run || isFixed) return;
    event.preventDefault();
    run();
  };

  const row = (
    <div
      className={clsx(
        "flex items-center rounded-md border-l-3 pr-1",
        isActive ? "border-accent bg-hover" : "border-transparent hover:bg-hover",
      )}
    >
      <button
        ref={opener}
        type="button"
        data-row={id}
        tabIndex={tabIndex}
        aria-current={isActive || undefined}
        onClick={() => onSelect(id)}
        onKeyDown={onKeyDown}
        className="min-w-0 flex-1 rounded-md px-2.5 py-2 text-left -outline-offset-2"
      >
        <span className={clsx("block truncate text-sm", isActive && "font-semibold")}>{title}</span>
        <Counts session={session} />
      </button>
      {!isFixed && <More items={items} title={title} tabIndex={tabIndex} />}
    </div>
  );
  if (isFixed) return row;
  return (
    <>
      <ContextMenu items={items} trigger={row} />
      <MoveToProject
        title={title}
        value={session.project_id}
        open={isMoving}
        onOpenChange={setMoving}
        onMove={(projectId) => void moveSession(id, projectId)}
      />
    </>
  );
});

function More({ items, title, tabIndex }: { items: readonly MenuItem[]; title: string; tabIndex: 0 | -1 }) {
  const trigger = (
    <Button
      look="quiet"
      tabIndex={tabIndex}
      aria-label={`More for ${title}`}
      className="px-2 text-soft -outline-offset-2"
    >
      <Ellipsis size={16} aria-hidden />
    </Button>
  );
  return <Menu items={items} trigger={trigger} />;
}

function Counts({ session }: { session: Session }) {
  const { completed_count, failed_count, updated_at, project_id } = session;
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-soft text-xs">
      <ProjectDot projectId={project_id} />
      <span className="truncate">
        {completed_count === 1 ? "1 image" : `${completed_count} images`}
        {failed_count > 0 && <span className="text-bad"> · {failed_count} failed</span>}
        {" · "}
        <RelativeTime at={updated_at} />
      </span>
    </span>
  );
}
