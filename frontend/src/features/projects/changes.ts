import { useState } from "react";
import { api, body, read } from "@/api/client";
import { fewAtOnce } from "@/api/few-at-once";
import { queryClient } from "@/api/queries";
import { keysByInput } from "@/api/same-input";
import type { components } from "@/api/schema";
import type { Project } from "@/api/types";
import { tellGone, useChange } from "@/ui/change";
import { projectsOptions } from "./queries";

export type ProjectInput = components["schemas"]["ProjectInput"];

/** What tells of projects and of what is in them. */
const STALE = [projectsOptions.queryKey, ["sessions"], ["conversations"], ["generations"]];

const of = (id: string) => ({ params: { path: { project_id: id } } });

/** Saves a new project, or changes of `project`. */
export function useSave(project: Project | null, onSaved: (saved: Project) => void) {
  const [keyFor] = useState(keysByInput);
  return useChange({
    ask: (input: ProjectInput) =>
      project
        ? read(api.PATCH("/api/projects/{project_id}", { ...of(project.id), body: input }))
        : read(api.POST("/api/projects", { params: { header: { "Idempotency-Key": keyFor(input) } }, body: input })),
    stale: [projectsOptions.queryKey],
    onDone: (saved) => {
      showNow((projects) =>
        project ? projects.map((one) => (one.id === saved.id ? saved : one)) : [...projects, saved],
      );
      onSaved(saved);
    },
  });
}

/** Until the list is read again. */
function showNow(change: (projects: Project[]) => Project[]): void {
  const { queryKey } = projectsOptions;
  void queryClient.cancelQueries({ queryKey });
  queryClient.setQueryData(queryKey, (projects) => projects && change(projects));
}

export function useDelete({ id, name }: Project, onDone: () => void = () => undefined) {
  return useChange({
    ask: () => body(api.DELETE("/api/projects/{project_id}", of(id))),
    stale: STALE,
    refusal: "The project was not deleted.",
    onDone: () => {
      showNow((projects) => projects.filter((one) => one.id !== id));
      tellGone(`“${name}”`, STALE, () => read(api.POST("/api/projects/{project_id}/restore", of(id))));
      onDone();
    },
  });
}

interface Move {
  ids: readonly string[];
  projectId: string | null;
}

const MOVES = {
  sessions: (id: string, project_id: string | null) =>
    read(
      api.PATCH("/api/comfyui/sessions/{session_id}", { params: { path: { session_id: id } }, body: { project_id } }),
    ),
  conversations: (id: string, project_id: string | null) =>
    read(
      api.PATCH("/api/conversations/{conversation_id}", {
        params: { path: { conversation_id: id } },
        body: { project_id },
      }),
    ),
} as const;

export type MemberKind = keyof typeof MOVES;

const AT_ONCE = 4;

/** Puts sessions or conversations into a project, or out of it: null. */
export function useMove(kind: MemberKind, onDone: () => void = () => undefined) {
  return useChange({
    ask: ({ ids, projectId }: Move) => fewAtOnce(ids, AT_ONCE, (id) => MOVES[kind](id, projectId)),
    stale: STALE,
    refusal: "Not everything was moved.",
    onDone,
  });
}
