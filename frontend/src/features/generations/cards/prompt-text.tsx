import { clsx } from "clsx";
import { useState } from "react";
import type { Generation } from "@/api/types";

const CLAMPED_LETTERS = 220;
const CLAMPED_LINES = 3;

const isLong = (text: string) => text.length > CLAMPED_LETTERS || text.split("\n").length > CLAMPED_LINES;

/** What was asked for; three lines of it until somebody wants all. */
export function PromptText({ row }: { row: Generation }) {
  const [isOpen, setOpen] = useState(false);
  const prompt = row.prompt_text ?? "";
  const negative = row.negative_prompt ?? "";
  const clamp = isOpen ? "" : "line-clamp-3";
  return (
    <div className="flex flex-col items-start gap-1">
      {prompt === "" ? (
        <p className="text-soft italic">{row.prompt_text === null ? "The workflow's own prompt" : "Empty prompt"}</p>
      ) : (
        <p className={clsx("whitespace-pre-wrap break-words", clamp)}>{prompt}</p>
      )}
      {negative !== "" && (
        <p className={clsx("whitespace-pre-wrap break-words text-soft text-sm", clamp)}>
          <span className="font-medium">Negative:</span> {negative}
        </p>
      )}
      {(isLong(prompt) || isLong(negative)) && (
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="min-h-6 rounded text-accent text-sm underline"
        >
          {isOpen ? "Show less" : "Show the whole prompt"}
        </button>
      )}
    </div>
  );
}
