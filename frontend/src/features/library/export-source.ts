import { api, newIdempotencyKey, read } from "@/api/client";
import { ApiFailure } from "@/api/failure";
import type { paths } from "@/api/schema";
import { saveFile } from "@/ui/save-file";
import { beginExport, endExport } from "./exports";

/** What goes into the ZIP: all of a session, batch or project, what a search finds, or these generations. */
export type ExportOf =
  | { kind: "session" | "batch" | "project"; id: string }
  | { filters: Readonly<Record<string, string | number | boolean | readonly string[]>> }
  | { ids: readonly string[] };

export type Part = "pictures" | "workflows";
export type ArchiveLink = Awaited<ReturnType<typeof linkFor>>;

type Query = NonNullable<paths["/api/comfyui/generations/archive/link"]["get"]["parameters"]["query"]>;

/** More ids than an address holds are sent as a request instead, whose answer goes through memory. */
const MOST_IN_ADDRESS = 200;
export const MOST_IDS = 1_000;
const KEPT_MS = 60_000;

export const isTooLong = (of: ExportOf) => "ids" in of && of.ids.length > MOST_IN_ADDRESS;

export function queryOf(of: ExportOf): Query {
  if ("ids" in of) return { ids: [of.ids.join(",")] };
  if ("filters" in of) return of.filters as Query;
  return { [`${of.kind}_id`]: of.id } as Query;
}

/** The id by which the server tells how far the ZIP is. */
export function newExportId(): string {
  return newIdempotencyKey().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

interface Wanted {
  of: ExportOf;
  parts: readonly Part[];
  id: string;
}

/** How much it is, and where the browser finds it. */
export function linkFor({ of, parts, id }: Wanted, signal?: AbortSignal) {
  const query = { ...queryOf(of), include: [...parts], export_id: id };
  return read(api.GET("/api/comfyui/generations/archive/link", { params: { query }, ...(signal ? { signal } : {}) }));
}

/** The browser itself keeps what comes, as it comes. */
export async function download(wanted: Wanted): Promise<void> {
  if (isTooLong(wanted.of)) return downloadWhole(wanted);
  const link = await linkFor(wanted);
  beginExport(wanted.id, link.total_files, link.total_bytes);
  saveFile(link.url, "");
}

async function downloadWhole({ of, parts, id }: Wanted): Promise<void> {
  const ids = "ids" in of ? [...of.ids] : [];
  beginExport(id, 0, 0);
  try {
    const { data, error, response } = await api.POST("/api/comfyui/generations/archive", {
      body: { ids, include: [...parts], export_id: id },
      parseAs: "blob",
    });
    if (!data) throw new ApiFailure(response.status, error);
    const address = URL.createObjectURL(data as Blob);
    saveFile(address, "generations.zip");
    setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
    endExport(id, "done");
  } catch (failure) {
    endExport(id, "failed");
    throw failure;
  }
}
