import type { Generation } from "@/api/types";
import { NewestPicture } from "@/ui/newest-picture";
import { Box } from "./box";
import type { Shown } from "./shown";

/** The picture in the making, where the finished one will be. */
export function Preview({ row, shown: { previewUrl } }: { row: Generation; shown: Shown }) {
  return (
    <Box width={row.width} height={row.height}>
      {previewUrl && <NewestPicture url={previewUrl} alt="Preview" className="size-full object-contain" />}
    </Box>
  );
}
