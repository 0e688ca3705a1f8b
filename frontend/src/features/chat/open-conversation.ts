import { useQuery } from "@tanstack/react-query";
import { ApiFailure } from "@/api/failure";
import type { ConversationWithMessages } from "@/api/types";
import { conversationOptions } from "@/features/conversations/queries";

export interface Opened {
  isNew: boolean;
  /** Not known yet whether there is one. */
  isReading: boolean;
  conversation: ConversationWithMessages | null;
  /** There is none of that name, or no longer. */
  isMissing: boolean;
  error: unknown;
  retry: () => Promise<unknown>;
}

/** The conversation of the address; null begins a new one. */
export function useOpened(conversationId: string | null): Opened {
  const isNew = conversationId === null;
  const { data, error, refetch } = useQuery({ ...conversationOptions(conversationId ?? ""), enabled: !isNew });
  const isMissing = error instanceof ApiFailure && (error.status === 404 || error.status === 422);
  const conversation = isNew || isMissing ? null : (data ?? null);
  const isReading = !isNew && !data && !error;
  return { isNew, isReading, conversation, isMissing, error, retry: refetch };
}
