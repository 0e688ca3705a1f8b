import { clsx } from "clsx";

/** Stands where something is still being read. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={clsx("motion-safe:animate-pulse rounded-md bg-hover", className)} />;
}

export function SkeletonList({ rows, className }: { rows: number; className?: string }) {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-2">
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <Skeleton key={row} className={className ?? "h-12"} />
      ))}
    </div>
  );
}
