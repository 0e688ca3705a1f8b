import { api, body, newIdempotencyKey, read } from "@/api/client";
import { queryClient } from "@/api/queries";
import { targetOf } from "@/features/models/choices";
import type { Answer } from "./answers";

/** Makes a conversation of the prompt and this answer, with who gave it, and gives its id. */
export async function conversationOf(prompt: string, systemPrompt: string, answer: Answer): Promise<string> {
  const { profile_id, provider } = targetOf(answer.choice);
  const input = {
    ...(profile_id ? { profile_id } : { provider: provider ?? null }),
    model: answer.model || null,
    ...(systemPrompt.trim() ? { system_prompt: systemPrompt } : {}),
  };
  const header = () => ({ "Idempotency-Key": newIdempotencyKey() });
  const conversation = await read(api.POST("/api/conversations", { params: { header: header() }, body: input }));
  const path = { conversation_id: conversation.id };
  const said = [
    { role: "user", content: prompt },
    { role: "assistant", content: answer.text },
  ] as const;
  for (const message of said) {
    const params = { path, header: header() };
    await body(api.POST("/api/conversations/{conversation_id}/messages", { params, body: message }));
  }
  void queryClient.invalidateQueries({ queryKey: ["conversations"] });
  return conversation.id;
}
