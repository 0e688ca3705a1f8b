import { api, body, newIdempotencyKey, read } from "@/api/client";
import { messageOf } from "@/api/failure";
import { queryClient } from "@/api/queries";
import type { Session, SessionInput } from "@/api/types";
import { projectsOptions } from "@/features/projects/queries";
import { toast } from "@/ui/toast";
import { rereadSessions, sessionsOptions } from "./queries";

const started = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

const { queryKey } = sessionsOptions;
const pathOf = (id: string) => ({ params: { path: { session_id: id } } });

interface Sent {
  /** The same again makes no second one. */
  key?: string;
  signal?: AbortSignal | null;
}

/** Named by the clock of whoever starts it, unless it has a title. */
export async function createSession(
  input: SessionInput = {},
  { key = newIdempotencyKey(), signal = null }: Sent = {},
): Promise<Session> {
  const params = { header: { "Idempotency-Key": key } };
  const body = { title: started.format(new Date()), ...input };
  const session = await read(api.POST("/api/comfyui/sessions", { params, body, signal }));
  showNow((sessions) => [session, ...sessions.filter(({ id }) => id !== session.id)]);
  void rereadSessions();
  return session;
}

export const renameSession = (id: string, title: string) =>
  changeSession(id, { title }, "The session could not be renamed.");

export const rememberWorkflow = (id: string, workflowId: string) =>
  changeSession(id, { current_workflow_id: workflowId }, "The session does not remember its workflow.");

/** Into a project, or out of all. */
export async function moveSession(id: string, projectId: string | null): Promise<void> {
  await changeSession(id, { project_id: projectId }, "The session could not be moved.");
  void queryClient.invalidateQueries({ queryKey: projectsOptions.queryKey });
}

type SessionChange = Partial<Pick<Session, "title" | "current_workflow_id" | "project_id">>;

const changeSession = (id: string, change: SessionChange, refusal: string) =>
  shownAtOnce(
    (sessions) => sessions.map((session) => (session.id === id ? { ...session, ...change } : session)),
    () => read(api.PATCH("/api/comfyui/sessions/{session_id}", { ...pathOf(id), body: change })),
    refusal,
  );

export const deleteSession = (id: string) =>
  shownAtOnce(
    (sessions) => sessions.filter((session) => session.id !== id),
    () => body(api.DELETE("/api/comfyui/sessions/{session_id}", pathOf(id))),
    "The session could not be deleted.",
  );

export async function restoreSession(id: string): Promise<boolean> {
  try {
    await body(api.POST("/api/comfyui/sessions/{session_id}/restore", pathOf(id)));
    await rereadSessions();
    return true;
  } catch (failure) {
    toast({ kind: "error", message: `The session could not be restored. ${messageOf(failure)}` });
    return false;
  }
}

type Change = (sessions: Session[]) => Session[];

const showNow = (change: Change) =>
  queryClient.setQueryData(queryKey, (sessions: Session[] | undefined) => sessions && change(sessions));

/** Shows the change before the server has answered; a refusal is put back, and said. True: it is done. */
async function shownAtOnce(change: Change, ask: () => Promise<unknown>, refusal: string): Promise<boolean> {
  await queryClient.cancelQueries({ queryKey });
  const before = queryClient.getQueryData<Session[]>(queryKey);
  showNow(change);
  try {
    await ask();
    return true;
  } catch (failure) {
    showNow((sessions) => before ?? sessions);
    toast({ kind: "error", message: `${refusal} ${messageOf(failure)}` });
    return false;
  } finally {
    void rereadSessions();
  }
}
