import { queryOptions, useQuery } from "@tanstack/react-query";
import { create } from "zustand";
import { persist } from "zustand/middleware";
import { api, read } from "@/api/client";
import { queryClient } from "@/api/queries";
import type { Generation } from "@/api/types";
import { roomyStorage } from "@/ui/roomy-storage";
import { type Draft, draftOfGeneration, EMPTY_DRAFT } from "./form/draft";
import { showPanel } from "./form/panel-state";

export const NO_SESSION = "new";

const MOST_KEPT = 100;

/** What was typed before it was known what the form starts with stands over that. */
type Kept = Partial<Draft>;
type Drafts = Readonly<Record<string, Kept>>;

/** By session, `NO_SESSION` before there is one; kept in the browser, those used last. */
const useDrafts = create(
  persist<{ drafts: Drafts }>(() => ({ drafts: {} }), { name: "drafts", storage: roomyStorage() }),
);

if (typeof addEventListener === "function") {
  addEventListener("storage", ({ key }) => {
    if (key === "drafts") void useDrafts.persist.rehydrate();
  });
}

/** What a session's form starts with where this browser has no draft: what was used in it last. */
const startOptions = (sessionId: string) =>
  queryOptions({
    queryKey: ["start", sessionId],
    queryFn: async ({ signal }): Promise<Draft> => {
      const params = { path: { session_id: sessionId }, query: { limit: 1 } };
      const session = await read(api.GET("/api/comfyui/sessions/{session_id}", { params, signal }));
      const [newest] = session.generations;
      return {
        promptText: newest?.prompt_text ?? null,
        negativePrompt: newest?.negative_prompt ?? null,
        workflowId: null,
        parameters: session.last_parameters,
      };
    },
    staleTime: Number.POSITIVE_INFINITY,
    meta: { upkeep: "own" },
  });

/** A part of a draft; `isReady` is false while it is not known yet what the form starts with. */
export function useDraft<Part>(sessionId: string, select: (draft: Draft) => Part): { part: Part; isReady: boolean } {
  const hasStart = useDrafts(({ drafts }) => !isWhole(sessionId, drafts[sessionId]));
  const start = useQuery({ ...startOptions(sessionId), enabled: hasStart });
  const part = useDrafts(({ drafts }) => select({ ...(start.data ?? EMPTY_DRAFT), ...drafts[sessionId] }));
  return { part, isReady: !hasStart || !start.isPending };
}

const isWhole = (sessionId: string, kept: Kept | undefined) =>
  sessionId === NO_SESSION || kept?.parameters !== undefined;

const startOf = (sessionId: string) => queryClient.getQueryData(startOptions(sessionId).queryKey);

export const draftOf = (sessionId: string): Draft => ({
  ...(startOf(sessionId) ?? EMPTY_DRAFT),
  ...useDrafts.getState().drafts[sessionId],
});

export function changeDraft(sessionId: string, change: Kept): void {
  useDrafts.setState(({ drafts }) => {
    const { [sessionId]: kept, ...others } = drafts;
    const start = sessionId === NO_SESSION ? EMPTY_DRAFT : startOf(sessionId);
    const draft = { ...start, ...kept, ...change };
    return { drafts: { ...Object.fromEntries(Object.entries(others).slice(1 - MOST_KEPT)), [sessionId]: draft } };
  });
}

/** What was typed before there was a session goes along into the new one. */
export function takeDraftAlong(sessionId: string): void {
  changeDraft(sessionId, draftOf(NO_SESSION));
  useDrafts.setState(({ drafts }) => {
    const { [NO_SESSION]: _, ...others } = drafts;
    return { drafts: others };
  });
}

/** Fills the form with all that made a picture, and shows it. */
export function reuseSettings(sessionId: string, generation: Generation): void {
  const made = draftOfGeneration(generation);
  changeDraft(sessionId, { ...made, workflowId: made.workflowId ?? draftOf(sessionId).workflowId });
  showPanel();
}
