import { api, newIdempotencyKey } from "@/api/client";
import { ApiFailure, messageOf } from "@/api/failure";
import type { Generation } from "@/api/types";
import { download } from "@/features/generations/cards/act";
import { isPicture } from "@/features/generations/cards/outputs";
import type { MenuItem } from "@/ui/menu";
import { saveFile } from "@/ui/save-file";
import { toast } from "@/ui/toast";

type Format = "api" | "original" | "picture";

const KEPT_MS = 60_000;

/** Its files, and its graph in the forms that ComfyUI opens. */
export function useDownloads(row: Generation): MenuItem[] {
  const several = row.outputs.length > 1;
  const files = row.outputs.map((output, place) => ({
    label: several ? `${place + 1}. ${output.filename}` : output.filename,
    onSelect: () => void download(row, output),
  }));
  const pictures = row.outputs.filter(isPicture).map((output, place, all) => ({
    label: all.length > 1 ? `Picture ${place + 1} with the workflow inside` : "Picture with the workflow inside",
    onSelect: () => void save(row, "picture", output.index),
  }));
  return [
    ...files,
    ...pictures,
    { label: "Workflow in API format", onSelect: () => void save(row, "api") },
    { label: "Workflow as in ComfyUI's editor", onSelect: () => void save(row, "original") },
  ];
}

/** A link of the browser sends no token, so that these come through memory. */
async function save({ id }: Generation, format: Format, index = 0): Promise<void> {
  try {
    const params = { path: { generation_id: id }, query: { format, index } };
    const asked = api.GET("/api/comfyui/generations/{generation_id}/export", { params, parseAs: "blob" });
    const { data, error, response } = await asked;
    if (!response.ok || !data) throw new ApiFailure(response.status, error);
    const address = URL.createObjectURL(data as Blob);
    saveFile(address, nameIn(response.headers.get("Content-Disposition")) ?? `generation-${newIdempotencyKey()}`);
    setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
  } catch (failure) {
    toast({ kind: "error", message: `Not downloaded. ${messageOf(failure)}` });
  }
}

/** The name that the server gives the file, the one in UTF-8 first. */
function nameIn(disposition: string | null): string | undefined {
  const [, encoded] = /filename\*=utf-8''([^;]+)/i.exec(disposition ?? "") ?? [];
  if (encoded !== undefined) return decodeURIComponent(encoded);
  return /filename="?([^";]+)"?/i.exec(disposition ?? "")?.[1];
}
