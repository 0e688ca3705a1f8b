import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";

export const profilesOptions = queryOptions({
  queryKey: ["profiles"],
  queryFn: ({ signal }) => read(api.GET("/api/profiles", { signal })),
});

const QUEUE_MS = 15_000;
const CHOICES_MS = 60_000;
const VERSION_MS = 300_000;

const of = (profileId: string | null) => (profileId === null ? {} : { query: { profile_id: profileId } });

/** How busy a ComfyUI is, null the default one; fails with a sentence while it is away. */
export const comfyUIQueueOptions = (profileId: string | null) =>
  queryOptions({
    queryKey: ["comfyui-queue", profileId],
    queryFn: ({ signal }) => read(api.GET("/api/comfyui/queue", { params: of(profileId), signal })),
    staleTime: 5_000,
    retry: false,
    refetchInterval: QUEUE_MS,
  });

/** The lists of names that a ComfyUI knows. */
export const comfyUIChoicesOptions = (profileId: string | null) =>
  queryOptions({
    queryKey: ["comfyui-choices", profileId],
    queryFn: ({ signal }) => read(api.GET("/api/comfyui/options", { params: of(profileId), signal })),
    placeholderData: keepPreviousData,
    staleTime: CHOICES_MS,
  });

/** Only those who manage profiles may ask. */
export const comfyUIVersionOptions = (profileId: string) =>
  queryOptions({
    queryKey: ["comfyui-version", profileId],
    queryFn: async () => {
      const params = { path: { profile_id: profileId } };
      return (await read(api.POST("/api/profiles/{profile_id}/test", { params }))).version ?? null;
    },
    staleTime: VERSION_MS,
    retry: false,
  });
