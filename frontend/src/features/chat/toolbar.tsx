import { Columns2, Ellipsis, PanelLeft, SlidersHorizontal } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { Link } from "react-router";
import type { Conversation } from "@/api/types";
import { changeConversation, renameConversation } from "@/features/conversations/changes";
import { conversationItems } from "@/features/conversations/menu";
import { MoveToProject } from "@/features/projects/move-dialog";
import { TitleField } from "@/features/sessions/title-field";
import { Button, IconButton } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { Skeleton } from "@/ui/skeleton";

interface ToolbarProps {
  conversation: Conversation | null;
  isNew: boolean;
  /** While it is not known yet which it is. */
  isReading: boolean;
  isFixed: boolean;
  /** Who answers. */
  picker: ReactNode;
  /** Null where the list stands beside it. */
  onList: (() => void) | null;
  onSettings: () => void;
  onDelete: () => void;
}

/** What the conversation is called, who answers in it and how, and what can be done with it as a whole. */
export function Toolbar({
  conversation,
  isNew,
  isReading,
  isFixed,
  picker,
  onList,
  onSettings,
  onDelete,
}: ToolbarProps) {
  const [doing, setDoing] = useState<"rename" | "move" | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const title = conversation?.title ?? (isNew ? "New chat" : "Conversation");
  const done = (next: string | null) => {
    setDoing(null);
    requestAnimationFrame(() => document.activeElement === document.body && heading.current?.focus());
    if (conversation && next !== null && next !== title) void renameConversation(conversation.id, next);
  };
  const ways = { onRename: () => setDoing("rename"), onMove: () => setDoing("move"), onDelete };
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1.5 border-line border-b bg-raised px-3 py-1.5">
      {onList && (
        <IconButton look="plain" label="Conversations" onClick={onList}>
          <PanelLeft size={17} aria-hidden />
        </IconButton>
      )}
      <h1 ref={heading} className="min-w-0 flex-1 truncate font-semibold max-md:text-sm" title={title} tabIndex={-1}>
        {doing === "rename" && <TitleField title={title} label="Title of the conversation" onDone={done} />}
        {doing !== "rename" && (isReading ? <Unknown name={title} /> : title)}
      </h1>
      {!isFixed && (
        <div className="w-72 max-md:order-last max-md:w-full">{isReading ? <Skeleton className="h-9" /> : picker}</div>
      )}
      {!isFixed && (
        <>
          <IconButton look="plain" label="Settings of this conversation" disabled={isReading} onClick={onSettings}>
            <SlidersHorizontal size={17} aria-hidden />
          </IconButton>
          <Link
            to="/chat/compare"
            title="Compare models"
            aria-label="Compare models"
            className="flex size-9 items-center justify-center rounded-md border border-control bg-raised hover:bg-hover"
          >
            <Columns2 size={17} aria-hidden />
          </Link>
        </>
      )}
      {conversation && (
        <Menu
          items={conversationItems(conversation, isFixed ? null : ways)}
          trigger={
            <Button look="plain" aria-label="More for this conversation" className="min-w-9 px-2">
              <Ellipsis size={17} aria-hidden />
            </Button>
          }
        />
      )}
      {conversation && doing === "move" && (
        <MoveToProject
          open
          title={title}
          value={conversation.project_id}
          onOpenChange={() => setDoing(null)}
          onMove={(projectId) =>
            void changeConversation(conversation.id, { project_id: projectId }, "The conversation could not be moved.")
          }
        />
      )}
    </div>
  );
}

function Unknown({ name }: { name: string }) {
  return (
    <>
      <span className="sr-only">{name}</span>
      <Skeleton className="h-5 max-w-48" />
    </>
  );
}
