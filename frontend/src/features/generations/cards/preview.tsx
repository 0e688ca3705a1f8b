import { useState } from "react";
import type { Generation } from "@/api/types";
import { Box } from "./box";
import type { Shown } from "./shown";

/** The picture in the making, where the finished one will be. */
export function Preview({ row, shown: { previewUrl } }: { row: Generation; shown: Shown }) {
  return (
    <Box width={row.width} height={row.height}>
      {previewUrl && <Newest url={previewUrl} />}
    </Box>
  );
}

/** Keeps the one before in sight until the next one is there. */
function Newest({ url }: { url: string }) {
  const [loaded, setLoaded] = useState<string | null>(null);
  return (
    <>
      {loaded !== url && <img src={url} alt="" onLoad={() => setLoaded(url)} className="hidden" />}
      {loaded && <img src={loaded} alt="Preview" className="size-full object-contain" />}
    </>
  );
}
