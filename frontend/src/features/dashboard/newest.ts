import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export interface Newest {
  kind: "Picture" | "Task" | "Chat" | "Batch";
  id: string;
  name: string;
  to: string;
  at: string;
  status: Schemas["GenerationStatus"] | null;
}

interface Rows {
  generations: readonly Pick<
    Schemas["GenerationOut"],
    "id" | "prompt_text" | "created_at" | "completed_at" | "status" | "batch_id"
  >[];
  tasks: readonly Pick<Schemas["TaskOut"], "id" | "name" | "updated_at" | "status">[];
  conversations: readonly Pick<Schemas["ConversationFound"], "id" | "title" | "updated_at">[];
  batches: readonly Pick<Schemas["BatchOut"], "id" | "kind" | "total" | "created_at">[];
}

const MOST_SHOWN = 10;
const LONGEST_NAME = 120;

/** Of all kinds together, the last touched first. The pictures of a batch are told by the batch alone. */
export function newestOf({ generations, tasks, conversations, batches }: Rows): Newest[] {
  const all: Newest[] = [
    ...generations
      .filter(({ batch_id }) => batch_id === null)
      .map(({ id, prompt_text, created_at, completed_at, status }) => ({
        kind: "Picture" as const,
        id,
        name: prompt_text?.trim().slice(0, LONGEST_NAME) || "Without a prompt",
        to: `/generations/${id}`,
        at: completed_at ?? created_at,
        status,
      })),
    ...tasks.map(({ id, name, updated_at, status }) => ({
      kind: "Task" as const,
      id,
      name,
      to: `/tasks/${id}`,
      at: updated_at,
      status: status === "complete" ? ("completed" as const) : status,
    })),
    ...conversations.map(({ id, title, updated_at }) => ({
      kind: "Chat" as const,
      id,
      name: title,
      to: `/chat/${id}`,
      at: updated_at,
      status: null,
    })),
    ...batches.map(({ id, kind, total, created_at }) => ({
      kind: "Batch" as const,
      id,
      name: `${total.toLocaleString()} ${kind === "sweep" ? "pictures of a sweep" : "variations"}`,
      to: `/batches/${id}`,
      at: created_at,
      status: null,
    })),
  ];
  return all.sort((one, other) => Date.parse(other.at) - Date.parse(one.at)).slice(0, MOST_SHOWN);
}
