import { useAccess } from "@/api/access";
import { api, newIdempotencyKey, read } from "@/api/client";
import { ApiFailure, messageOf } from "@/api/failure";
import type { Generation, GenerationOutput } from "@/api/types";
import { saveFile } from "@/ui/save-file";
import { toast } from "@/ui/toast";
import { tellGeneration } from "../heard";
import { withoutRow } from "../merge";
import { addRow, keepRow, rereadRow } from "../reread";
import { changeTimeline } from "../timeline";
import { focusFeed } from "./focus";

const pathOf = ({ id }: Generation) => ({ params: { path: { generation_id: id } } });

/** Does it, or tells why not; what the server knows better than this page is read again. */
async function attempt(row: Generation, trouble: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (failure) {
    const isBehind = failure instanceof ApiFailure && (failure.status === 404 || failure.status === 409);
    if (isBehind) rereadRow(row);
    toast({ kind: "error", message: `${trouble} ${messageOf(failure)}` });
  }
}

export const cancel = (row: Generation) =>
  attempt(row, "Not cancelled.", async () => {
    keepRow(await read(api.POST("/api/comfyui/generations/{generation_id}/cancel", pathOf(row))));
  });

/** The same graph again, as a new generation at the end of the timeline. */
export const runAgain = (row: Generation) =>
  attempt(row, "Not started again.", async () => {
    const headers = { "Idempotency-Key": newIdempotencyKey() };
    addRow(await read(api.POST("/api/comfyui/generations/{generation_id}/rerun", { ...pathOf(row), headers })));
  });

export const setFavorite = (row: Generation, favorite: boolean) =>
  attempt(row, favorite ? "Not marked." : "Still marked.", async () => {
    const asked = api.PATCH("/api/comfyui/generations/{generation_id}", { ...pathOf(row), body: { favorite } });
    keepRow(await read(asked));
  });

export const remove = (row: Generation) =>
  attempt(row, "Not deleted.", async () => {
    await read(api.DELETE("/api/comfyui/generations/{generation_id}", pathOf(row)));
    focusFeed();
    if (row.session_id !== null) changeTimeline(row.session_id, (timeline) => withoutRow(timeline, row.id));
    tellGeneration({ id: row.id, change: "deleted" });
    toast({ kind: "info", message: "Deleted.", action: { label: "Undo", run: () => void restore(row) } });
  });

const restore = (row: Generation) =>
  attempt(row, "Not restored.", async () => {
    keepRow(await read(api.POST("/api/comfyui/generations/{generation_id}/restore", pathOf(row))));
  });

/** Signed addresses of pictures hold for an hour (docs/api.md, "Pictures"), so that one is asked for anew. */
export const download = (row: Generation, { index }: GenerationOutput) =>
  attempt(row, "Not downloaded.", async () => {
    const isSigned = useAccess.getState().mode === "required";
    const fresh = isSigned ? await read(api.GET("/api/comfyui/generations/{generation_id}", pathOf(row))) : row;
    const output = fresh.outputs.find((one) => one.index === index);
    if (output) saveFile(`${output.url}${output.url.includes("?") ? "&" : "?"}download=true`, output.filename);
  });
