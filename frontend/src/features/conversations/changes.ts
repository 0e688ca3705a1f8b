import { api, body, read } from "@/api/client";
import { messageOf } from "@/api/failure";
import { queryClient } from "@/api/queries";
import type { Conversation, ConversationInput, ConversationPatch } from "@/api/types";
import { tellGone } from "@/ui/change";
import { saveFile } from "@/ui/save-file";
import { toast } from "@/ui/toast";
import { CONVERSATIONS, rereadConversations, showChanged, showWithout } from "./queries";

const pathOf = (id: string) => ({ params: { path: { conversation_id: id } } });

/** Does it, or says why not. True: it is done. */
async function attempt(refusal: string, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (failure) {
    toast({ kind: "error", message: `${refusal} ${messageOf(failure)}` });
    return false;
  } finally {
    void rereadConversations();
  }
}

export async function createConversation(input: ConversationInput, key: string): Promise<Conversation> {
  const params = { header: { "Idempotency-Key": key } };
  return await read(api.POST("/api/conversations", { params, body: input }));
}

export const patchConversation = (id: string, change: ConversationPatch) =>
  read(api.PATCH("/api/conversations/{conversation_id}", { ...pathOf(id), body: change }));

type Shown = Pick<ConversationPatch, "title" | "project_id" | "model" | "profile_id">;

/** Shown before the server has answered; a refusal is said, and read again. */
export function changeConversation(id: string, change: Shown, refusal: string): Promise<boolean> {
  return attempt(refusal, async () => {
    await queryClient.cancelQueries({ queryKey: CONVERSATIONS });
    showChanged(id, change as Partial<Conversation>);
    await patchConversation(id, change);
  });
}

export const renameConversation = (id: string, title: string) =>
  changeConversation(id, { title }, "The conversation could not be renamed.");

export const askForTitle = (id: string) =>
  attempt("The model gave no title.", async () => {
    toast({ kind: "info", message: "The model is asked for a title." });
    const { title } = await read(api.POST("/api/conversations/{conversation_id}/title", pathOf(id)));
    showChanged(id, { title });
    toast({ kind: "info", message: `The conversation is called “${title}” now.` });
  });

/** Which of the messages beside one another is shown. */
export const showBranch = (id: string, messageId: string) =>
  attempt("This branch could not be shown.", () => patchConversation(id, { head_id: messageId }));

export const deleteConversation = (id: string, title: string) =>
  attempt("The conversation could not be deleted.", async () => {
    await queryClient.cancelQueries({ queryKey: CONVERSATIONS });
    showWithout(id);
    await body(api.DELETE("/api/conversations/{conversation_id}", pathOf(id)));
    tellGone(`“${title}”`, [CONVERSATIONS], () =>
      body(api.POST("/api/conversations/{conversation_id}/restore", pathOf(id))),
    );
  });

const ENDINGS = { markdown: "md", json: "json" } as const;
const FILE_LETTERS = 80;

/** A file name without what file systems do not take. */
const fileName = (title: string) =>
  title
    .replace(/[\s\p{Cc}\\/:*?"<>|]+/gu, " ")
    .trim()
    .slice(0, FILE_LETTERS) || "Conversation";

export const exportConversation = ({ id, title }: Pick<Conversation, "id" | "title">, format: keyof typeof ENDINGS) =>
  attempt("The conversation could not be exported.", async () => {
    const params = { ...pathOf(id).params, query: { format } };
    const file = await body(api.GET("/api/conversations/{conversation_id}/export", { params, parseAs: "blob" }));
    const address = URL.createObjectURL(file);
    saveFile(address, `${fileName(title)}.${ENDINGS[format]}`);
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  });
