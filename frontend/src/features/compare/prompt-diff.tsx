import { useMemo } from "react";
import type { components } from "@/api/schema";
import { wordDiff } from "./word-diff";

interface PromptDiffProps {
  label: string;
  change: components["schemas"]["PromptChange"];
}

/** What is only in A is struck out, what is only in B is underlined. */
export function PromptDiff({ label, change: { a, b } }: PromptDiffProps) {
  const pieces = useMemo(() => wordDiff(a ?? "", b ?? ""), [a, b]);
  return (
    <div className="flex flex-col gap-1 text-sm">
      <h3 className="font-medium">{label}</h3>
      <p className="whitespace-pre-wrap break-words rounded-md bg-sunken p-3">
        {pieces.map(({ kind, text }, place) => {
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces have no names, and all change together.
          if (kind === "same") return <span key={place}>{text}</span>;
          return kind === "gone" ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            <del key={place} className="text-bad">
              {text}
            </del>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            <ins key={place} className="font-medium text-good underline">
              {text}
            </ins>
          );
        })}
      </p>
    </div>
  );
}
