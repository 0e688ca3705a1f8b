import type { ReactNode } from "react";

/** Low enough that the progress below it is in sight too. */
const HEIGHT = "clamp(10rem, 100cqh - 5.5rem, 20rem)";

interface BoxProps {
  width: number | null | undefined;
  height: number | null | undefined;
  children?: ReactNode;
}

/** The place of a picture, as large as it will be before it is there. */
export function Box({ width, height, children }: BoxProps) {
  const ratio = width && height ? width / height : 1;
  return (
    <div
      className="w-full shrink-0 overflow-hidden rounded-lg bg-sunken"
      style={{ aspectRatio: ratio, maxWidth: `calc(${HEIGHT} * ${Math.min(ratio, 1.5)})` }}
    >
      {children}
    </div>
  );
}
