import { lazy, Suspense } from "react";
import { useVaried } from "./varied";

const Variations = lazy(() => import("./variations"));

/** Where the dialog that `vary` opens stands, once for all pages. */
export function VariationsHost() {
  const row = useVaried((now) => now.row);
  return (
    row && (
      <Suspense fallback={null}>
        <Variations key={row.id} row={row} />
      </Suspense>
    )
  );
}
