import { useState } from "react";
import type { Generation } from "@/api/types";
import { rereadRow } from "./reread";

/** Whether the file at this address cannot be loaded. A signed address gets old: the row is then read once more. */
export function useBroken(row: Pick<Generation, "id" | "session_id">, url: string | null) {
  const [broken, setBroken] = useState<string | null>(null);
  const onError = () => {
    if (broken === null) rereadRow(row);
    setBroken(url);
  };
  return { isBroken: broken !== null && broken === url, onError };
}
