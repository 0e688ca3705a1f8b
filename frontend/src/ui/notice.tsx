import type { ReactNode } from "react";
import { messageOf } from "@/api/failure";
import { Button } from "./button";

/** Nothing here yet, and what to do about it. */
export function Empty({ title, sentence, children }: { title: string; sentence: string; children?: ReactNode }) {
  return (
    <div className="mx-auto flex w-full max-w-md flex-col items-center gap-3 px-4 py-12 text-center">
      <h2 className="font-semibold text-lg">{title}</h2>
      <p className="text-soft text-sm">{sentence}</p>
      {children}
    </div>
  );
}

/** Something could not be read: why, and a way to try again. */
export function Failed({ what, error, onRetry }: { what: string; error: unknown; onRetry: () => void }) {
  return (
    <div role="alert" className="mx-auto flex w-full max-w-md flex-col items-center gap-3 px-4 py-12 text-center">
      <h2 className="font-semibold text-lg">{what}</h2>
      <p className="break-words text-soft text-sm">{messageOf(error)}</p>
      <Button onClick={onRetry}>Try again</Button>
    </div>
  );
}
