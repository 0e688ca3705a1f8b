import type { Entry } from "./queries";

const PAGES: Readonly<Record<string, (id: string) => string>> = {
  session: (id) => `/comfyui/${id}`,
  conversation: (id) => `/chat/${id}`,
  generation: (id) => `/generations/${id}`,
  batch: (id) => `/batches/${id}`,
  project: (id) => `/projects/${id}`,
  workflow: (id) => `/workflows/${id}`,
  task: (id) => `/tasks/${id}`,
  profile: () => "/profiles",
  backend: () => "/machines",
  settings: () => "/settings",
  schedule: (id) => `/schedules?id=${id}`,
  prompt: () => "/prompts",
  preset: () => "/presets",
  budget: () => "/usage",
};

const GONE = /_(deleted|removed|revoked)$/;

interface Viewpoint {
  workspace_id: string | null;
  isServerAdmin: boolean;
}

/** The page that shows what an entry is about, where there is one for whoever looks: a workspace shows only its own. */
export function pageOf(entry: Entry, { workspace_id, isServerAdmin }: Viewpoint): string | null {
  const { subject_kind, subject_id, action } = entry;
  if (subject_kind === null || subject_id === null) return null;
  if (subject_kind === "user") return isServerAdmin ? `/users${soughtAs(entry)}` : null;
  if (GONE.test(action)) return null;
  if (subject_kind === "workspace") return `/workspaces?workspace=${subject_id}`;
  if (entry.workspace_id !== workspace_id || !Object.hasOwn(PAGES, subject_kind)) return null;
  return PAGES[subject_kind]?.(encodeURIComponent(subject_id)) ?? null;
}

function soughtAs({ user_id, user_email, subject_id, details }: Entry): string {
  const sought = user_id === subject_id ? user_email : details.name;
  return typeof sought === "string" ? `?q=${encodeURIComponent(sought)}` : "";
}
