export const WHAT_MAY_BE_IMPORTED =
  "A workflow as ComfyUI saves or exports it, or a picture, video or sound that it made, with the workflow inside.";
export const ACCEPTED = "application/json,image/*,video/*,audio/*,.json,.latent,.glb";

const MOST_BYTES = 64 * 1024 * 1024;

/** A file with no type may still be JSON: not every system knows the ending. What is inside, the server tells. */
export const mayBeWorkflow = (type: string) =>
  type === "" || type === "application/json" || /^(text|image|video|audio|model)\//.test(type);

/** Throws a sentence where it cannot be a workflow. */
export function requireWorkflowFile(file: File): File {
  if (file.size > MOST_BYTES)
    throw new Error(`“${file.name}” is larger than 64 MiB, the most a workflow file may have.`);
  return file;
}

export const nameOf = (file: File) => file.name.replace(/\.\w+$/, "");
