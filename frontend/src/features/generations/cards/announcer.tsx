import { useEffect, useRef, useState } from "react";
import type { Generation } from "@/api/types";
import { isOver } from "../merge";
import { nameOf } from "./shown";

/** Says once to those who do not see the page what has ended in this session. */
export function Announcer({ rows }: { rows: readonly Generation[] }) {
  const waiting = useRef<ReadonlySet<string>>(new Set());
  const [told, setTold] = useState("");
  useEffect(() => {
    const ended = rows.filter((row) => isOver(row) && waiting.current.has(row.id));
    waiting.current = new Set(rows.filter((row) => !isOver(row)).map((row) => row.id));
    if (ended.length > 0) setTold(sentenceFor(ended));
  }, [rows]);
  return (
    <p role="status" className="sr-only">
      {told}
    </p>
  );
}

const WORDS: Partial<Record<Generation["status"], string>> = {
  completed: "Picture finished",
  failed: "Generation failed",
  cancelled: "Generation cancelled",
};

function sentenceFor(ended: readonly Generation[]): string {
  const [first, second] = ended;
  if (!first || second) return `${ended.length} generations have ended.`;
  return `${WORDS[first.status]}: ${nameOf(first)}`;
}
