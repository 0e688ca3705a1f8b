import type { Content } from "./asking";
import type { Draft } from "./drafts";

/** What is written and attached, as the API takes it. */
export function contentOf({ text, pictures }: Draft): Content {
  if (pictures.length === 0) return text;
  const shown = pictures.map(({ id }) => ({ type: "image" as const, upload_id: id }));
  return text === "" ? shown : [{ type: "text", text }, ...shown];
}

export const isEmpty = ({ text, pictures }: Draft): boolean => text.trim() === "" && pictures.length === 0;

export const TAKEN = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const MOST_BYTES = 20 * 1024 * 1024;
export const MOST_PICTURES = 20;

/** Why the server would not take this file with a message; null where it would. */
export function refusalOf({ name, type, size }: Pick<File, "name" | "type" | "size">): string | null {
  if (!TAKEN.includes(type)) return `“${name}” is no PNG, JPEG, WebP or GIF.`;
  if (size > MOST_BYTES) return `“${name}” is larger than 20 MiB.`;
  return null;
}
