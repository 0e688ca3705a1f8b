import { api, newIdempotencyKey, read } from "@/api/client";
import { messageOf } from "@/api/failure";
import { queryClient } from "@/api/queries";
import type { Session, Workflow } from "@/api/types";
import { meOptions } from "@/features/auth/me";
import { may } from "@/features/auth/rights";
import { sessionsOptions } from "@/features/sessions/queries";
import { toast } from "@/ui/toast";
import { changeDraft, draftOf, NO_SESSION, takeDraftAlong } from "../drafts";
import { inputOf, parametersOf } from "./parameters";
import { seedsFrom } from "./seed";
import { insist, sendAll } from "./sending";
import type { Form } from "./use-form";

const TITLE_LETTERS = 60;

/** Queues `count` variations of what the form says. */
export function generate(sessionId: string, { workflow, values }: Form, count: number): Promise<boolean> {
  const draft = draftOf(sessionId);
  rememberWorkflow(sessionId, workflow.id);
  const seeds = seedsFrom(values.seed, count);
  return sendAll(
    sessionId,
    seeds.map((seed) => inputOf(workflow, draft, parametersOf(values, draft.parameters, seed))),
  );
}

/** From now on this form is of that workflow, and so is its session wherever it is opened. */
export function chooseWorkflow(sessionId: string | null, workflowId: string): void {
  changeDraft(sessionId ?? NO_SESSION, { workflowId });
  if (sessionId !== null) rememberWorkflow(sessionId, workflowId);
}

function rememberWorkflow(sessionId: string, workflowId: string): void {
  const session = queryClient.getQueryData(sessionsOptions.queryKey)?.find(({ id }) => id === sessionId);
  if (!session || !may(queryClient.getQueryData(meOptions.queryKey), "write")) return;
  if (session.current_workflow_id !== workflowId) void keepWorkflow(sessionId, workflowId);
}

async function keepWorkflow(sessionId: string, workflowId: string): Promise<void> {
  const params = { path: { session_id: sessionId } };
  try {
    await read(api.PATCH("/api/comfyui/sessions/{session_id}", { params, body: { current_workflow_id: workflowId } }));
    await queryClient.invalidateQueries({ queryKey: sessionsOptions.queryKey });
  } catch (failure) {
    toast({ kind: "error", message: `The session does not remember its workflow. ${messageOf(failure)}` });
  }
}

/** A session for what was typed without one, called by the first words of its prompt. */
export async function startSession(
  workflow: Workflow,
  promptText: string | null = draftOf(NO_SESSION).promptText,
): Promise<Session> {
  const title = titleFrom(promptText ?? workflow.prompt_text ?? "") || workflow.name;
  const params = { header: { "Idempotency-Key": newIdempotencyKey() } };
  const body = { title, workflow_id: workflow.id };
  const session = await insist(NO_SESSION, (signal) =>
    read(api.POST("/api/comfyui/sessions", { params, body, signal })),
  );
  queryClient.setQueryData(sessionsOptions.queryKey, (known) => known && [session, ...known]);
  takeDraftAlong(session.id);
  return session;
}

export function titleFrom(prompt: string): string {
  const words = prompt.replace(/\s+/g, " ").trim();
  if (words.length <= TITLE_LETTERS) return words;
  const cut = words.slice(0, TITLE_LETTERS);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), TITLE_LETTERS / 2))}…`;
}
