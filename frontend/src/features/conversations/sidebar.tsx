import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import type { ConversationFound } from "@/api/types";
import { useIsViewer } from "@/features/auth/me";
import { projectsOptions } from "@/features/projects/queries";
import { Button } from "@/ui/button";
import { Select } from "@/ui/field";
import { LateSearch } from "@/ui/late-search";
import { Empty, Failed } from "@/ui/notice";
import { useParam } from "@/ui/param";
import { RovingList } from "@/ui/roving-list";
import { SkeletonList } from "@/ui/skeleton";
import { deleteConversation } from "./changes";
import { conversationsOptions } from "./queries";
import { ConversationRow } from "./row";

interface SidebarProps {
  activeId: string | null;
  /** `messageId`: the place that was found in it. */
  onSelect: (id: string, messageId: string | null) => void;
  onNew: () => void;
  /** The open one is deleted. */
  onLeave: () => void;
}

/** The conversations, most recently active first: search, choose, start, rename, delete. */
export function ConversationSidebar({ activeId, onSelect, onNew, onLeave }: SidebarProps) {
  const [q, setQ] = useParam("q");
  const [projectId, setProjectId] = useParam("project");
  const { data: found, error, refetch } = useQuery(conversationsOptions({ q, projectId }));
  const isViewer = useIsViewer();
  const select = ({ id, match }: ConversationFound) => onSelect(id, match?.message_id ?? null);
  const remove = ({ id, title }: ConversationFound) => {
    if (id === activeId) onLeave();
    void deleteConversation(id, title);
  };

  return (
    <nav aria-label="Conversations" className="flex h-full min-h-0 flex-col gap-2 p-3">
      <div className="flex items-center justify-between gap-2">
        <h2 className="font-semibold text-sm max-md:sr-only">Conversations</h2>
        {!isViewer && (
          <Button onClick={onNew}>
            <Plus size={16} aria-hidden />
            New chat
          </Button>
        )}
      </div>
      <LateSearch label="Search in conversations" placeholder="Search everything said" value={q} onChange={setQ} />
      <ProjectFilter value={projectId} onChange={setProjectId} />
      {found === undefined && error && (
        <Failed what="The conversations could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {found === undefined && !error && <SkeletonList rows={7} className="h-14" />}
      {found?.length === 0 && <NothingFound isFiltered={q !== "" || projectId !== ""} />}
      {found && found.length > 0 && (
        <RovingList
          label="Conversations"
          rows={found}
          currentId={activeId}
          className="-mx-1 min-h-0 flex-1 px-1"
          render={(conversation, tabIndex) => (
            <ConversationRow
              conversation={conversation}
              isActive={conversation.id === activeId}
              isFixed={isViewer}
              tabIndex={tabIndex}
              onSelect={select}
              onDelete={remove}
            />
          )}
        />
      )}
      {q !== "" && found && (
        <p role="status" className="sr-only">
          {found.length === 1 ? "1 conversation found." : `${found.length} conversations found.`}
        </p>
      )}
    </nav>
  );
}

function NothingFound({ isFiltered }: { isFiltered: boolean }) {
  if (!isFiltered) return <Empty title="No conversations yet" sentence="What is asked and answered is kept here." />;
  return (
    <Empty
      title="Nothing found"
      sentence="Words are found as they are written, in titles and in all that was said. Try fewer or other ones."
    />
  );
}

/** Only where there are projects at all. */
function ProjectFilter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { data: projects = [] } = useQuery(projectsOptions);
  if (projects.length === 0 && value === "") return null;
  return (
    <Select aria-label="Project" value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">All projects</option>
      {projects.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}
