import { useQuery } from "@tanstack/react-query";
import type { components } from "@/api/schema";
import type { Session } from "@/api/types";
import { conversationsOptions } from "@/features/conversations/queries";
import type { MemberKind } from "@/features/projects/changes";
import { sessionsOptions } from "@/features/sessions/queries";
import { counted } from "@/ui/amounts";

type Conversation = components["schemas"]["ConversationFound"];

/** A session or conversation as a project lists it. */
export interface Member {
  id: string;
  title: string;
  to: string;
  /** How much is in it. */
  size: string;
  at: string;
  projectId: string | null;
}

interface Members {
  rows: readonly Member[] | undefined;
  error: Error | null;
  retry: () => void;
}

/** All of a kind, those of any project and the others; of very many conversations the newest, and all of this project. */
export function useMembers(kind: MemberKind, projectId: string): Members {
  const isSessions = kind === "sessions";
  const sessions = useQuery({ ...sessionsOptions, enabled: isSessions });
  const conversations = useQuery({ ...conversationsOptions({ q: "", projectId: "" }), enabled: !isSessions });
  const own = useQuery({ ...conversationsOptions({ q: "", projectId }), enabled: !isSessions });
  const together = own.data && conversations.data && [...own.data, ...conversations.data];
  const unique = together && [...new Map(together.map((row) => [row.id, row])).values()];
  const rows = isSessions ? sessions.data?.map(ofSession) : unique?.map(ofConversation);
  const { error, refetch } = isSessions ? sessions : own.error ? own : conversations;
  return { rows, error: rows ? null : error, retry: () => void refetch() };
}

const ofSession = ({ id, title, completed_count, updated_at, project_id }: Session): Member => ({
  id,
  title,
  to: `/comfyui/${id}`,
  size: counted(completed_count, "image"),
  at: updated_at,
  projectId: project_id,
});

const ofConversation = ({ id, title, message_count, updated_at, project_id }: Conversation): Member => ({
  id,
  title,
  to: `/chat/${id}`,
  size: counted(message_count, "message"),
  at: updated_at,
  projectId: project_id,
});
