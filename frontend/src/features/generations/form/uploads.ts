import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { ApiFailure } from "@/api/failure";
import type { Media } from "@/api/types";

const PREFIX = "media:";

/** The id of an upload of ours that an input names; null for a file of ComfyUI's own. */
export const uploadId = (value: string): string | null =>
  value.startsWith(PREFIX) ? value.slice(PREFIX.length) : null;

export function upload(file: File): Promise<Media> {
  const bodySerializer = () => {
    const form = new FormData();
    form.append("file", file, file.name);
    return form;
  };
  return read(api.POST("/api/comfyui/uploads", { body: {}, bodySerializer }));
}

/** A small picture of an upload, readable without a signed address; null where it has none. */
export const thumbnailOptions = (mediaId: string) =>
  queryOptions({
    queryKey: ["media", mediaId, "thumbnail"],
    queryFn: async ({ signal }): Promise<string | null> => {
      const params = { path: { media_id: mediaId } };
      const asked = { params, signal, parseAs: "blob" as const };
      const { data, response } = await api.GET("/api/media/{media_id}/thumbnail", asked);
      if (response.status === 404) return null;
      if (!data) throw new ApiFailure(response.status, undefined);
      return URL.createObjectURL(data as Blob);
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
