import { api, read } from "@/api/client";
import type { components } from "@/api/schema";
import { draftOf, NO_SESSION } from "../drafts";
import { startSession } from "../form/generate";
import { inputOf, parametersOf } from "../form/parameters";
import type { Form } from "../form/use-form";

export type SweepInput = components["schemas"]["SweepInput"];
export type Batch = components["schemas"]["BatchOut"];

/** With what the form has now as its base; without a session it starts one. `keyFor` gives its Idempotency-Key. */
export async function askSweep(
  sessionId: string | null,
  form: Form,
  sweep: Omit<SweepInput, "base">,
  keyFor: (input: unknown) => string,
): Promise<Batch> {
  const draft = draftOf(sessionId ?? NO_SESSION);
  const input = inputOf(form.workflow, draft, parametersOf(form.values, draft.parameters));
  const body: SweepInput = { ...sweep, base: input as SweepInput["base"] };
  const id = sessionId ?? (await startSession(form.workflow)).id;
  const params = { path: { session_id: id }, header: { "Idempotency-Key": keyFor([id, body]) } };
  return read(api.POST("/api/comfyui/sessions/{session_id}/sweep", { params, body }));
}
