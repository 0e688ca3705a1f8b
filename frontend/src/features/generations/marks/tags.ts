import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import type { Generation } from "@/api/types";
import { keepRow } from "../reread";

/** All tags of the workspace, with how many generations have each. */
export const tagsOptions = queryOptions({
  queryKey: ["generations", "tags"],
  queryFn: ({ signal }) => read(api.GET("/api/comfyui/tags", { signal })),
});

/** All or none. Rejects with what the server says, for the dialog to show. */
export async function changeTags(
  rows: readonly Generation[],
  add: readonly string[],
  remove: readonly string[],
): Promise<void> {
  const ids = rows.map(({ id }) => id);
  const told = await read(
    api.POST("/api/comfyui/generations/tags", { body: { ids, add: [...add], remove: [...remove] } }),
  );
  const tags = new Map(told.map((one) => [one.id, one.tags]));
  for (const row of rows) keepRow({ ...row, tags: tags.get(row.id) ?? row.tags });
}
