import { useState } from "react";
import { api, body, read } from "@/api/client";
import { keysByInput } from "@/api/same-input";
import type { components } from "@/api/schema";
import type { Backend } from "@/api/types";
import { atField } from "@/features/auth/at-field";
import { useChange } from "@/ui/change";
import { toast } from "@/ui/toast";
import { backendsOptions } from "./queries";

type Input = components["schemas"]["BackendInput"];
export type Patch = components["schemas"]["BackendPatch"];
export type NewBackend = Omit<Input, "profile_id">;

const STALE = [backendsOptions.queryKey];
const AT_FIELD = atField({ BACKEND_EXISTS: "url", TARGET_NOT_ALLOWED: "url", API_KEY_REQUIRED: "api_key" });
const of = (id: string) => ({ params: { path: { backend_id: id } } });

const check = (id: string) => read(api.POST("/api/comfyui/backends/{backend_id}/check", of(id)));

/** Adds a machine, and asks it at once how it is. */
export function useAdd(profileId: string, onSaved: (saved: Backend) => void) {
  const [keyFor] = useState(keysByInput);
  const checking = useChange({ ask: check, stale: STALE });
  return useChange({
    ask: (input: NewBackend) => {
      const params = { header: { "Idempotency-Key": keyFor(input) } };
      return read(api.POST("/api/comfyui/backends", { params, body: { ...input, profile_id: profileId } })).catch(
        AT_FIELD,
      );
    },
    stale: STALE,
    onDone: (saved) => {
      checking.mutate(saved.id);
      onSaved(saved);
    },
  });
}

const patch = (id: string, change: Patch) =>
  read(api.PATCH("/api/comfyui/backends/{backend_id}", { ...of(id), body: change }));

export function useEdit({ id }: Backend, onSaved: (saved: Backend) => void) {
  return useChange({ ask: (change: Patch) => patch(id, change).catch(AT_FIELD), stale: STALE, onDone: onSaved });
}

/** Switches it on or off, or lets it end what it has. */
export function useSwitch({ id, name }: Backend) {
  return useChange({
    ask: (change: Pick<Patch, "enabled" | "draining">) => patch(id, change),
    stale: STALE,
    refusal: `“${name}” was not changed.`,
  });
}

export function useCheck({ id, name }: Backend) {
  return useChange({
    ask: () => check(id),
    stale: STALE,
    refusal: `“${name}” could not be asked.`,
    onDone: ({ status, message, comfyui_version }) =>
      toast(
        status === "up"
          ? { kind: "info", message: `“${name}” answers${comfyui_version ? ` (ComfyUI ${comfyui_version})` : ""}.` }
          : { kind: "error", message: `“${name}” does not answer. ${message ?? ""}`.trim() },
      ),
  });
}

export function useRemove({ id, name }: Backend, onDone: () => void) {
  return useChange({
    ask: () => body(api.DELETE("/api/comfyui/backends/{backend_id}", of(id))),
    stale: STALE,
    onDone: () => {
      onDone();
      toast({ kind: "info", message: `“${name}” is removed. What runs there is seen to its end.` });
    },
  });
}
