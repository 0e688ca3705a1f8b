import { queryOptions } from "@tanstack/react-query";
import { api, body, read } from "@/api/client";
import type { components } from "@/api/schema";
import { useChange } from "@/ui/change";
import { toast } from "@/ui/toast";

export type PoolKey = components["schemas"]["KeyOut"];

const of = (profileId: string) => ({ path: { profile_id: profileId } });
const one = (profileId: string, id: string) => ({
  params: { path: { profile_id: profileId, pool_key_id: id } },
});
const staleOf = (profileId: string) => [poolOptions(profileId).queryKey];

export const poolOptions = (profileId: string) =>
  queryOptions({
    queryKey: ["models", "keys", profileId],
    queryFn: ({ signal }) => read(api.GET("/api/profiles/{profile_id}/keys", { params: of(profileId), signal })),
  });

export const useAddKey = (profileId: string, onDone: () => void) =>
  useChange({
    ask: (input: { name: string; api_key: string }) =>
      read(api.POST("/api/profiles/{profile_id}/keys", { params: of(profileId), body: input })),
    stale: staleOf(profileId),
    onDone: ({ name }) => {
      toast({ kind: "info", message: `The key “${name}” is added.` });
      onDone();
    },
  });

export const useEnableKey = (profileId: string) =>
  useChange({
    ask: ({ id, enabled }: { id: string; enabled: boolean }) =>
      read(api.PATCH("/api/profiles/{profile_id}/keys/{pool_key_id}", { ...one(profileId, id), body: { enabled } })),
    stale: staleOf(profileId),
    refusal: "The key could not be changed.",
  });

export const useRemoveKey = (profileId: string, onDone: () => void) =>
  useChange({
    ask: (id: string) => body(api.DELETE("/api/profiles/{profile_id}/keys/{pool_key_id}", one(profileId, id))),
    stale: staleOf(profileId),
    refusal: "The key could not be removed.",
    onDone: () => {
      toast({ kind: "info", message: "The key is removed." });
      onDone();
    },
  });
