import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { queryClient } from "@/api/queries";
import type { Conversation, ConversationFound, ConversationWithMessages } from "@/api/types";

export const CONVERSATIONS = ["conversations"] as const;
export const LISTS = [...CONVERSATIONS, "list"] as const;

const MOST_FOUND = 200;

/** What is looked for, and in which project; "" is everything. */
export interface Sought {
  q: string;
  projectId: string;
}

/** The most recently active first; where words are sought, each with the place that has them. */
export const conversationsOptions = ({ q, projectId }: Sought) =>
  queryOptions({
    queryKey: [...LISTS, { q, projectId }],
    queryFn: ({ signal }): Promise<ConversationFound[]> => {
      const query = {
        ...(q === "" ? {} : { q, limit: MOST_FOUND }),
        ...(projectId === "" ? {} : { project_id: projectId }),
      };
      return read(api.GET("/api/conversations", { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
  });

/** One conversation with the messages of its shown path. */
export const conversationOptions = (id: string) =>
  queryOptions({
    queryKey: [...CONVERSATIONS, "one", id],
    queryFn: ({ signal }): Promise<ConversationWithMessages> =>
      read(api.GET("/api/conversations/{conversation_id}", { params: { path: { conversation_id: id } }, signal })),
  });

export const rereadConversations = () => queryClient.invalidateQueries({ queryKey: CONVERSATIONS });

/** Shows a conversation's new values where it is listed and where it is open, until they are read again. */
export function showChanged(id: string, change: Partial<Conversation>): void {
  queryClient.setQueriesData<ConversationFound[]>({ queryKey: LISTS }, (rows) =>
    rows?.map((row) => (row.id === id ? { ...row, ...change } : row)),
  );
  queryClient.setQueryData(conversationOptions(id).queryKey, (row) => row && { ...row, ...change });
}

export const showWithout = (id: string): void => {
  queryClient.setQueriesData<ConversationFound[]>({ queryKey: LISTS }, (rows) => rows?.filter((row) => row.id !== id));
};
