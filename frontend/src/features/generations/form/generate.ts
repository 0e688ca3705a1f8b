import { newIdempotencyKey } from "@/api/client";
import { queryClient } from "@/api/queries";
import type { Session, Workflow } from "@/api/types";
import { meOptions } from "@/features/auth/me";
import { may } from "@/features/auth/rights";
import { presetInForce } from "@/features/generations/presets/in-force";
import { createSession, rememberWorkflow } from "@/features/sessions/changes";
import { sessionsOptions } from "@/features/sessions/queries";
import { changeDraft, draftOf, NO_SESSION, takeDraftAlong } from "../drafts";
import { inputOf, parametersOf } from "./parameters";
import { isRandom } from "./seed";
import { insist, sendAll } from "./sending";
import type { Form } from "./use-form";

const TITLE_LETTERS = 60;

/** Queues what the form says `count` times, each with a seed of its own. */
export async function generate(sessionId: string, { workflow, values }: Form, count: number): Promise<boolean> {
  const draft = draftOf(sessionId);
  const preset_id = presetInForce(workflow, values, draft.parameters)?.id ?? null;
  const input = {
    ...inputOf(workflow, draft, parametersOf(values, draft.parameters)),
    ...(preset_id === null ? {} : { preset_id }),
  };
  const isDone = await sendAll(sessionId, { input, count, isRandom: isRandom(values.seed) });
  if (isDone) keepWorkflow(sessionId, workflow.id);
  return isDone;
}

/** From now on this form is of that workflow, and so is its session wherever it is opened. */
export function chooseWorkflow(sessionId: string | null, workflowId: string): void {
  changeDraft(sessionId ?? NO_SESSION, { workflowId });
  if (sessionId !== null) keepWorkflow(sessionId, workflowId);
}

function keepWorkflow(sessionId: string, workflowId: string): void {
  const session = queryClient.getQueryData(sessionsOptions.queryKey)?.find(({ id }) => id === sessionId);
  if (!session || !may(queryClient.getQueryData(meOptions.queryKey), "write")) return;
  if (session.current_workflow_id !== workflowId) void rememberWorkflow(sessionId, workflowId);
}

/** A session for what was typed without one, called by the first words of its prompt. */
export async function startSession(
  workflow: Workflow,
  promptText: string | null = draftOf(NO_SESSION).promptText,
): Promise<Session> {
  const title = titleFrom(promptText ?? workflow.prompt_text ?? "") || workflow.name;
  const key = newIdempotencyKey();
  const session = await insist(NO_SESSION, (signal) =>
    createSession({ title, workflow_id: workflow.id }, { key, signal }),
  );
  takeDraftAlong(session.id);
  return session;
}

function titleFrom(prompt: string): string {
  const words = prompt.replace(/\s+/g, " ").trim();
  if (words.length <= TITLE_LETTERS) return words;
  const cut = words.slice(0, TITLE_LETTERS);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), TITLE_LETTERS / 2))}…`;
}
