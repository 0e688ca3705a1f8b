import type { KeptNotification } from "./queries";

const PLACES: Readonly<Record<string, (id: string) => string>> = {
  task: (id) => `/tasks/${id}`,
  generation: (id) => `/generations/${id}`,
  batch: (id) => `/batches/${id}`,
  conversation: (id) => `/chat/${id}`,
  schedule: (id) => `/schedules?id=${id}`,
  session: (id) => `/comfyui/${id}`,
};

/** Where one sees what it is about; null where that has no page. */
export function placeOf({ subject_kind, subject_id }: Pick<KeptNotification, "subject_kind" | "subject_id">) {
  if (subject_kind === null || subject_id === null) return null;
  return PLACES[subject_kind]?.(subject_id) ?? null;
}
