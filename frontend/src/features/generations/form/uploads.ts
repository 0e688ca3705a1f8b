import { queryOptions } from "@tanstack/react-query";
import { api, body, read } from "@/api/client";
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
    queryFn: ({ signal }) => {
      const params = { path: { media_id: mediaId } };
      const asked = body(api.GET("/api/media/{media_id}/thumbnail", { params, signal, parseAs: "blob" }));
      return asked.then(dataAddress, noneIfMissing);
    },
    staleTime: Number.POSITIVE_INFINITY,
    meta: { upkeep: "own" },
  });

function noneIfMissing(failure: unknown): null {
  if (failure instanceof ApiFailure && failure.status === 404) return null;
  throw failure;
}

/** Unlike that of an object, it needs not be given back. */
function dataAddress(picture: Blob): Promise<string> {
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(picture);
  });
}
