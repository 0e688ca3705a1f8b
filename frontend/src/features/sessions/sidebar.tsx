import { useMutation, useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { messageOf } from "@/api/failure";
import type { Session } from "@/api/types";
import { useIsViewer } from "@/features/auth/me";
import { Button } from "@/ui/button";
import { Empty, Failed } from "@/ui/notice";
import { RovingList } from "@/ui/roving-list";
import { matching, SearchField } from "@/ui/search";
import { SkeletonList } from "@/ui/skeleton";
import { toast } from "@/ui/toast";
import { createSession, deleteSession, restoreSession } from "./changes";
import { ProjectFilter, useProjectFilter } from "./project-filter";
import { sessionsOptions } from "./queries";
import { SessionRow } from "./row";

interface SidebarProps {
  activeId: string | null;
  onSelect: (id: string | null) => void;
}

const FILTERED_FROM = 10;

/** The sessions, most recently active first: start, choose, rename, delete. */
export function SessionSidebar({ activeId, onSelect }: SidebarProps) {
  const { data: sessions, error, refetch } = useQuery(sessionsOptions);
  const [filter, setFilter] = useState("");
  const isViewer = useIsViewer();
  useDeselection(sessions, activeId, onSelect);
  const { isShown, isFiltered, projectId } = useProjectFilter();
  const ofProject = sessions?.filter(isShown);
  const hasFilter = (ofProject?.length ?? 0) > FILTERED_FROM;
  const remove = (session: Session) => void deleteWithUndo(session, session.id === activeId, onSelect);
  const shown = hasFilter ? matching(ofProject ?? [], filter, ({ title }) => title) : ofProject;

  return (
    <nav aria-label="Sessions" className="flex h-full min-h-0 flex-col gap-2 p-3">
      <div className="flex items-center justify-between gap-2">
        <h2 className="font-semibold text-sm max-md:sr-only">Sessions</h2>
        {!isViewer && <NewSession projectId={projectId} onCreated={onSelect} />}
      </div>
      <ProjectFilter />
      {hasFilter && (
        <SearchField
          label="Filter sessions"
          placeholder="Filter"
          value={filter}
          onChange={setFilter}
          onKeyDown={(event) => event.key === "Escape" && setFilter("")}
        />
      )}
      {shown === undefined && error && (
        <Failed what="The sessions could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {shown === undefined && !error && <SkeletonList rows={7} className="h-14" />}
      {sessions?.length === 0 && (
        <Empty
          title="No sessions yet"
          sentence={`A session keeps the pictures of one idea together.${isViewer ? "" : " Start one to make the first."}`}
        />
      )}
      {isFiltered && sessions?.length !== 0 && ofProject?.length === 0 && (
        <p role="status" className="px-2 py-6 text-center text-soft text-sm">
          No sessions are in it.
        </p>
      )}
      {hasFilter && shown?.length === 0 && (
        <p role="status" className="px-2 py-6 text-center text-soft text-sm">
          No session has “{filter.trim()}” in its name.
        </p>
      )}
      {shown && shown.length > 0 && (
        <RovingList
          label="Sessions"
          rows={shown}
          currentId={activeId}
          className="-mx-1 min-h-0 flex-1 px-1"
          render={(session, tabIndex) => (
            <SessionRow
              session={session}
              isActive={session.id === activeId}
              isFixed={isViewer}
              tabIndex={tabIndex}
              onSelect={onSelect}
              onDelete={remove}
            />
          )}
        />
      )}
    </nav>
  );
}

async function deleteWithUndo({ id, title }: Session, isActive: boolean, onSelect: SidebarProps["onSelect"]) {
  if (isActive) onSelect(null);
  if (!(await deleteSession(id))) return isActive && onSelect(id);
  const undo = async () => {
    if ((await restoreSession(id)) && isActive) onSelect(id);
  };
  toast({ kind: "info", message: `“${title}” is deleted.`, action: { label: "Undo", run: () => void undo() } });
}

/** Leaves the active session once it is gone: deleted in another window, or with its profile. */
function useDeselection(sessions: Session[] | undefined, activeId: string | null, onSelect: SidebarProps["onSelect"]) {
  const seen = useRef<string | null>(null);
  const leave = useEffectEvent(() => onSelect(null));
  useEffect(() => {
    if (!sessions || activeId === null) return;
    if (sessions.some(({ id }) => id === activeId)) seen.current = activeId;
    else if (seen.current === activeId) {
      seen.current = null;
      leave();
    }
  }, [sessions, activeId]);
}

interface NewSessionProps {
  projectId: string | null;
  onCreated: (id: string) => void;
}

function NewSession({ projectId, onCreated }: NewSessionProps) {
  const starting = useMutation({
    mutationFn: () => createSession(projectId === null ? {} : { project_id: projectId }),
    onSuccess: ({ id }) => onCreated(id),
    onError: (failure) => toast({ kind: "error", message: `No session could be started. ${messageOf(failure)}` }),
  });
  return (
    <Button busy={starting.isPending} onClick={() => starting.mutate()}>
      <Plus size={16} aria-hidden />
      New session
    </Button>
  );
}
