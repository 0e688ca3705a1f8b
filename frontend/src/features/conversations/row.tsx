import { clsx } from "clsx";
import { Ellipsis } from "lucide-react";
import { type KeyboardEvent, memo, useRef, useState } from "react";
import type { ConversationFound } from "@/api/types";
import { MoveToProject } from "@/features/projects/move-dialog";
import { ProjectDot } from "@/features/projects/project-dot";
import { TitleField } from "@/features/sessions/title-field";
import { Button } from "@/ui/button";
import { ContextMenu, Menu } from "@/ui/menu";
import { RelativeTime } from "@/ui/relative-time";
import { changeConversation, renameConversation } from "./changes";
import { conversationItems } from "./menu";
import { Snippet } from "./snippet";

interface RowProps {
  conversation: ConversationFound;
  isActive: boolean;
  /** For who only looks. */
  isFixed: boolean;
  tabIndex: 0 | -1;
  onSelect: (conversation: ConversationFound) => void;
  onDelete: (conversation: ConversationFound) => void;
}

/** Drawn anew only when it changes: an arrow key moves from one of many. */
export const ConversationRow = memo(function ConversationRow(props: RowProps) {
  const { conversation, isActive, isFixed, tabIndex, onSelect, onDelete } = props;
  const [doing, setDoing] = useState<"rename" | "move" | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const { id, title, match } = conversation;

  const finish = (next: string | null) => {
    setDoing(null);
    if (next !== null && next !== title) void renameConversation(id, next);
    requestAnimationFrame(() => document.activeElement?.contains(opener.current) && opener.current?.focus());
  };
  if (doing === "rename") return <TitleField title={title} label="Title of the conversation" onDone={finish} />;

  const rename = () => setDoing("rename");
  const remove = () => onDelete(conversation);
  const ways = { onRename: rename, onMove: () => setDoing("move"), onDelete: remove };
  const items = conversationItems(conversation, isFixed ? null : ways);
  const keys: Record<string, () => void> = { F2: rename, Delete: remove };
  const onKeyDown = (event: KeyboardEvent) => {
    const run = keys[event.key];
    if (!run || isFixed) return;
    event.preventDefault();
    run();
  };

  const row = (
    <div
      className={clsx(
        "flex items-start rounded-md border-l-3 pr-1",
        isActive ? "border-accent bg-hover" : "border-transparent hover:bg-hover",
      )}
    >
      <button
        ref={opener}
        type="button"
        data-row={id}
        tabIndex={tabIndex}
        aria-current={isActive || undefined}
        onClick={() => onSelect(conversation)}
        onKeyDown={onKeyDown}
        className="min-w-0 flex-1 rounded-md px-2.5 py-2 text-left -outline-offset-2"
      >
        <span className={clsx("block truncate text-sm", isActive && "font-semibold")}>{title}</span>
        {match === null ? <Facts conversation={conversation} /> : <Snippet pieces={match.snippet} />}
      </button>
      <Menu
        items={items}
        trigger={
          <Button
            look="quiet"
            tabIndex={tabIndex}
            aria-label={`More for ${title}`}
            className="mt-1 px-2 text-soft -outline-offset-2"
          >
            <Ellipsis size={16} aria-hidden />
          </Button>
        }
      />
    </div>
  );
  const move = (projectId: string | null) =>
    void changeConversation(id, { project_id: projectId }, "The conversation could not be moved.");
  return (
    <>
      <ContextMenu items={items} trigger={row} />
      {doing === "move" && (
        <MoveToProject
          open
          title={title}
          value={conversation.project_id}
          onOpenChange={() => setDoing(null)}
          onMove={move}
        />
      )}
    </>
  );
});

function Facts({ conversation }: { conversation: ConversationFound }) {
  const { project_id, is_streaming, message_count, preview, updated_at } = conversation;
  const nothing = message_count === 0 ? "Nothing said yet" : "No text";
  return (
    <span className="flex items-center gap-1.5 text-soft text-xs">
      <ProjectDot projectId={project_id} />
      <span className="min-w-0 flex-1 truncate">{is_streaming ? "Answering" : preview || nothing}</span>
      <span className="shrink-0">
        <RelativeTime at={updated_at} />
      </span>
    </span>
  );
}
