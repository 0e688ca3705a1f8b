import { api, body, read } from "@/api/client";
import { messageOf } from "@/api/failure";
import { queryClient } from "@/api/queries";
import type { Session } from "@/api/types";
import { toast } from "@/ui/toast";
import { sessionsOptions } from "./queries";

const started = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

const { queryKey } = sessionsOptions;
const reread = () => queryClient.invalidateQueries({ queryKey });
const pathOf = (id: string) => ({ params: { path: { session_id: id } } });

/** Named by the clock of whoever starts it. */
export async function createSession(): Promise<Session> {
  const title = started.format(new Date());
  const session = await read(api.POST("/api/comfyui/sessions", { body: { title } }));
  showNow((sessions) => [session, ...sessions.filter(({ id }) => id !== session.id)]);
  void reread();
  return session;
}

export const renameSession = (id: string, title: string) =>
  shownAtOnce(
    (sessions) => sessions.map((session) => (session.id === id ? { ...session, title } : session)),
    () => read(api.PATCH("/api/comfyui/sessions/{session_id}", { ...pathOf(id), body: { title } })),
    "The session could not be renamed.",
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
    await reread();
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
    void reread();
  }
}
