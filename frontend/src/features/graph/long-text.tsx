import { useState } from "react";

const SHORT = 600;

/** A text of any length, in short until all of it is wanted. */
export function LongText({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false);
  if (text.length <= SHORT) return text;
  return (
    <>
      {isWhole ? text : `${text.slice(0, SHORT)}…`}{" "}
      <button
        type="button"
        aria-expanded={isWhole}
        onClick={() => setWhole(!isWhole)}
        className="min-h-9 rounded px-1 font-medium font-sans text-accent hover:underline"
      >
        {isWhole ? "Show less" : `Show all ${text.length.toLocaleString()} letters`}
      </button>
    </>
  );
}
