import { useState } from "react";
import { api, body, read } from "@/api/client";
import { keysByInput } from "@/api/same-input";
import type { components } from "@/api/schema";
import type { Preset } from "@/api/types";
import { tellGone, useChange } from "@/ui/change";
import { toast } from "@/ui/toast";
import { presetsOptions } from "./queries";

export type PresetInput = components["schemas"]["PresetInput"];
export type PresetPatch = components["schemas"]["PresetPatch"];
export type Kept = NonNullable<PresetPatch["parameters"]>;

const STALE = [presetsOptions.queryKey];
const of = (id: string) => ({ params: { path: { preset_id: id } } });

export function useCreate(onSaved: (saved: Preset) => void) {
  const [keyFor] = useState(keysByInput);
  return useChange({
    ask: (input: PresetInput) =>
      read(api.POST("/api/presets", { params: { header: { "Idempotency-Key": keyFor(input) } }, body: input })),
    stale: STALE,
    onDone: onSaved,
  });
}

const patch = (id: string, change: PresetPatch) =>
  read(api.PATCH("/api/presets/{preset_id}", { ...of(id), body: change }));

export function useEdit({ id }: Preset, onSaved: (saved: Preset) => void) {
  return useChange({ ask: (change: PresetPatch) => patch(id, change), stale: STALE, onDone: onSaved });
}

/** Gives it other values; what it had can be brought back. */
export function useRenew({ id, name, parameters }: Preset) {
  const back = useChange({
    ask: () => patch(id, { parameters: parameters as Kept }),
    stale: STALE,
    refusal: "The preset could not be set back.",
    onDone: () => toast({ kind: "info", message: `“${name}” is as it was.` }),
  });
  return useChange({
    ask: (next: Readonly<Record<string, unknown>>) => patch(id, { parameters: next as Kept }),
    stale: STALE,
    refusal: "The preset was not updated.",
    onDone: () =>
      toast({ kind: "info", message: `“${name}” is updated.`, action: { label: "Undo", run: () => back.mutate() } }),
  });
}

export function useDelete({ id, name }: Preset) {
  return useChange({
    ask: () => body(api.DELETE("/api/presets/{preset_id}", of(id))),
    stale: STALE,
    refusal: "The preset was not deleted.",
    onDone: () => tellGone(`“${name}”`, STALE, () => read(api.POST("/api/presets/{preset_id}/restore", of(id)))),
  });
}
