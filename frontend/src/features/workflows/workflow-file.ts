export interface WorkflowFile {
  name: string;
  text: string;
}

export const HOW_TO_EXPORT =
  "In ComfyUI, open the Workflow menu and choose “Export (API)”, then import that JSON file.";

const MOST_BYTES = 8 * 1024 * 1024;

/** A file with no type may still be JSON: not every system knows the ending. */
export const mayBeWorkflow = (type: string) => type === "" || type === "application/json" || type.startsWith("text/");

/** Its text to the letter. Throws a sentence where it cannot be a workflow. */
export async function readWorkflowFile(file: File): Promise<WorkflowFile> {
  if (file.type.startsWith("image/")) throw refusal(`A picture cannot be imported as a workflow. ${HOW_TO_EXPORT}`);
  if (!mayBeWorkflow(file.type) && !file.name.toLowerCase().endsWith(".json"))
    throw refusal(`“${file.name}” is no JSON file. ${HOW_TO_EXPORT}`);
  if (file.size > MOST_BYTES) throw refusal(`“${file.name}” is larger than 8 MiB, the most a workflow may have.`);
  return { name: file.name.replace(/\.json$/i, ""), text: await file.text() };
}

const refusal = (sentence: string) => new Error(sentence);
