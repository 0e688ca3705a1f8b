import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiFailure } from "@/api/failure";
import type { Profile, Session, WorkflowSummary } from "@/api/types";
import { comfyUIProfiles } from "@/features/profiles/comfyui-profiles";
import { profilesOptions } from "@/features/profiles/queries";
import { sessionOptions, sessionsOptions } from "@/features/sessions/queries";
import { workflowsOptions } from "@/features/workflows/queries";
import { NO_SESSION, useDraft } from "../drafts";

const LAST = "last-session";

export const lastSession = () => localStorage.getItem(LAST);
export const forgetLastSession = () => localStorage.removeItem(LAST);

interface OpenSession {
  session: Session | null;
  isMissing: boolean;
  isPending: boolean;
  error: Error | null;
  retry: () => void;
}

/** The session of the address, from the list or, where that does not have it (yet), by itself. */
export function useOpenSession(sessionId: string | null): OpenSession {
  const list = useQuery(sessionsOptions);
  const listed = list.data?.find(({ id }) => id === sessionId);
  const isUnlisted = sessionId !== null && list.data !== undefined && listed === undefined;
  const single = useQuery({ ...sessionOptions(sessionId ?? ""), enabled: isUnlisted });
  const session = listed ?? (isUnlisted ? single.data : undefined) ?? null;
  const isMissing = isUnlisted && single.error instanceof ApiFailure && [404, 422].includes(single.error.status);
  useEffect(() => {
    if (session) localStorage.setItem(LAST, session.id);
    else if (isMissing && lastSession() === sessionId) forgetLastSession();
  }, [session, isMissing, sessionId]);
  return {
    session,
    isMissing,
    isPending: list.isPending || (isUnlisted && single.isPending),
    error: session || isMissing ? null : (without(list) ?? without(single)),
    retry: () => void (without(list) ? list.refetch() : single.refetch()),
  };
}

/** What was read once stays good enough to go on with. */
const without = ({ data, error }: { data: unknown; error: Error | null }) => (data === undefined ? error : null);

interface Setting {
  profiles: readonly Profile[];
  profileId: string | null;
  workflow: WorkflowSummary | null;
  isPending: boolean;
  error: Error | null;
  retry: () => void;
}

/** What a session runs on: the workflow chosen in its form, else its own, else the ComfyUI's default one; and whose. */
export function useSetting(session: Session | null): Setting {
  const { part: ofDraft } = useDraft(session?.id ?? NO_SESSION, (draft) => draft.workflowId);
  const all = useQuery(workflowsOptions);
  const known = useQuery(profilesOptions);
  const profiles = comfyUIProfiles(known.data ?? []);
  const workflows = all.data ?? [];
  const ofProfile = session?.profile_id ?? profiles[0]?.id;
  const wanted = [ofDraft, session?.current_workflow_id];
  const chosen = wanted.flatMap((id) => workflows.find((workflow) => workflow.id === id) ?? []);
  const workflow = chosen[0] ?? defaultOf(workflows, ofProfile) ?? null;
  return {
    profiles,
    profileId: session?.profile_id ?? workflow?.profile_id ?? ofProfile ?? null,
    workflow,
    isPending: all.isPending || known.isPending,
    error: without(all) ?? without(known),
    retry: () => void Promise.all([all.refetch(), known.refetch()]),
  };
}

function defaultOf(workflows: readonly WorkflowSummary[], profileId: string | undefined): WorkflowSummary | undefined {
  const own = workflows.filter(({ profile_id }) => profile_id === null || profile_id === profileId);
  return own.find(({ is_default }) => is_default) ?? own[0];
}
