import { messageOf } from "@/api/failure";
import { copyText } from "@/ui/clipboard";
import { saveFile } from "@/ui/save-file";
import { toast } from "@/ui/toast";
import { readResult } from "./queries";

/** Says why, where it does not work. */
export async function attempt(trouble: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (failure) {
    toast({ kind: "error", message: `${trouble} ${messageOf(failure)}` });
  }
}

/** Signed addresses hold for an hour (docs/api.md, "Pictures"), so that one is asked for anew. */
export const downloadFile = (resultId: string, index: number) =>
  attempt("Not downloaded.", async () => {
    const { outputs } = await readResult(resultId);
    const file = outputs.find((one) => one.index === index);
    if (file) saveFile(`${file.url}${file.url.includes("?") ? "&" : "?"}download=true`, file.filename);
  });

export const downloadText = (resultId: string, name: string) =>
  attempt("Not downloaded.", async () => saveText((await readResult(resultId)).content, `${fileName(name)}.txt`));

export const copyResult = (resultId: string) =>
  attempt("Not copied.", async () => copyText((await readResult(resultId)).content, "Text"));

export function saveText(text: string, filename: string, type = "text/plain"): void {
  saveBlob(new Blob([text], { type: `${type};charset=utf-8` }), filename);
}

const KEPT_MS = 60_000;

export function saveBlob(blob: Blob, filename: string): void {
  const address = URL.createObjectURL(blob);
  saveFile(address, filename);
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

const LONGEST = 60;

/** A name of a file that every system takes. */
export const fileName = (name: string): string =>
  name
    .replaceAll(/[^\p{L}\p{N} _-]+/gu, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, LONGEST) || "result";
