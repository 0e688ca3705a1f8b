import { api, body, read } from "@/api/client";
import { messageOf } from "@/api/failure";
import { fewAtOnce } from "@/api/few-at-once";
import { recount } from "@/api/queries";
import type { Generation } from "@/api/types";
import { tellGeneration } from "@/features/generations/heard";
import { isOver, withoutRow } from "@/features/generations/merge";
import { keepRow } from "@/features/generations/reread";
import { changeTimeline } from "@/features/generations/timeline";
import { counted } from "@/ui/amounts";
import { toast } from "@/ui/toast";
import { rereadFound } from "./upkeep";

const AT_ONCE = 4;

const pathOf = ({ id }: Generation) => ({ params: { path: { generation_id: id } } });

/** One request each, a few at a time; what failed is told at the end, together. */
async function forEach(rows: readonly Generation[], trouble: string, work: (row: Generation) => Promise<unknown>) {
  const done: Generation[] = [];
  const failures: unknown[] = [];
  await fewAtOnce(rows, AT_ONCE, (row) =>
    work(row).then(
      () => done.push(row),
      (failure) => failures.push(failure),
    ),
  );
  const [first] = failures;
  if (first) toast({ kind: "error", message: `${failures.length} of ${rows.length} ${trouble} ${messageOf(first)}` });
  return done;
}

export async function setFavorites(rows: readonly Generation[], favorite: boolean): Promise<void> {
  const others = rows.filter((row) => row.favorite !== favorite);
  await forEach(others, favorite ? "not marked." : "still marked.", async (row) => {
    const asked = api.PATCH("/api/comfyui/generations/{generation_id}", { ...pathOf(row), body: { favorite } });
    keepRow(await read(asked));
  });
}

/** Those that have ended are gone at once from wherever they are shown, and back by "Undo"; the others are cancelled. */
export async function deleteChosen(rows: readonly Generation[], onDone: () => void): Promise<void> {
  if (rows.length === 0) return;
  const unfinished = rows.filter((row) => !isOver(row));
  const cancelled = await forEach(unfinished, "not cancelled.", async (row) => {
    keepRow(await read(api.POST("/api/comfyui/generations/{generation_id}/cancel", pathOf(row))));
  });
  const gone = await forEach(rows.filter(isOver), "not deleted.", async (row) => {
    await body(api.DELETE("/api/comfyui/generations/{generation_id}", pathOf(row)));
    if (row.session_id !== null) changeTimeline(row.session_id, (timeline) => withoutRow(timeline, row.id));
    tellGeneration({ id: row.id, change: "deleted" });
  });
  recount();
  onDone();
  const told = [
    ...(gone.length > 0 ? [`${counted(gone.length, "generation")} deleted`] : []),
    ...(cancelled.length > 0 ? [`${counted(cancelled.length, "generation")} cancelled`] : []),
  ];
  if (told.length === 0) return;
  const undo = { action: { label: "Undo", run: () => void restore(gone) } };
  toast({ kind: "info", message: `${told.join(", ")}.`, ...(gone.length > 0 ? undo : {}) });
}

async function restore(rows: readonly Generation[]): Promise<void> {
  await forEach(rows, "not restored.", async (row) => {
    keepRow(await read(api.POST("/api/comfyui/generations/{generation_id}/restore", pathOf(row))));
  });
  recount();
  rereadFound();
}
