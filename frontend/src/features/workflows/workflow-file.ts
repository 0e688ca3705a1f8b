import { LONGEST_NAME } from "./changes";

export const WHAT_MAY_BE_IMPORTED =
  "A workflow as ComfyUI saves or exports it, or a picture, video or sound that it made, with the workflow inside.";
export const KINDS =
  "JSON, PNG, WebP, AVIF, JPEG, SVG, MP4, MOV, WebM, MKV, FLAC, Ogg, MP3, GLB or .latent, up to 64 MiB.";
/** Not every system knows what kind the later ones are. */
export const ACCEPTED =
  "application/json,image/*,video/*,audio/*,.json,.avif,.svg,.mov,.webm,.mkv,.flac,.ogg,.opus,.latent,.glb";

const MOST_BYTES = 64 * 1024 * 1024;

/** A file with no type may still be JSON: not every system knows the ending. What is inside, the server tells. */
export const mayBeWorkflow = (type: string) =>
  type === "" || /^application\/(json|ogg|octet-stream)$/.test(type) || /^(text|image|video|audio|model)\//.test(type);

/** Throws a sentence where it cannot be a workflow. */
export function requireWorkflowFile(file: File): File {
  if (file.size > MOST_BYTES)
    throw new Error(`“${file.name}” is larger than 64 MiB, the most a workflow file may have.`);
  if (file.size === 0) throw new Error(`“${file.name}” is empty.`);
  return file;
}

export const nameOf = (file: File) => file.name.replace(/\.\w+$/, "").slice(0, LONGEST_NAME);
