import { FileJson, FileText, FolderInput, PencilLine, Sparkles, Trash2 } from "lucide-react";
import type { Conversation } from "@/api/types";
import type { MenuItem } from "@/ui/menu";
import { askForTitle, exportConversation } from "./changes";

interface Ways {
  onRename: () => void;
  onMove: () => void;
  onDelete: () => void;
}

/** What can be done with a conversation as a whole; who only looks may still take it along as a file. */
export function conversationItems(conversation: Conversation, ways: Ways | null): MenuItem[] {
  const files: MenuItem[] = [
    {
      label: "Export as Markdown",
      icon: <FileText size={16} aria-hidden />,
      onSelect: () => void exportConversation(conversation, "markdown"),
    },
    {
      label: "Export as JSON",
      icon: <FileJson size={16} aria-hidden />,
      onSelect: () => void exportConversation(conversation, "json"),
    },
  ];
  if (ways === null) return files;
  return [
    { label: "Rename", icon: <PencilLine size={16} aria-hidden />, onSelect: ways.onRename },
    ...(conversation.message_count === 0
      ? []
      : [
          {
            label: "Ask the model for a title",
            icon: <Sparkles size={16} aria-hidden />,
            onSelect: () => void askForTitle(conversation.id),
          },
        ]),
    { label: "Move to a project", icon: <FolderInput size={16} aria-hidden />, onSelect: ways.onMove },
    ...files,
    { label: "Delete", icon: <Trash2 size={16} aria-hidden />, onSelect: ways.onDelete, danger: true },
  ];
}
