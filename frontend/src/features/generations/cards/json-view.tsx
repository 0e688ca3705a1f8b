import { queryOptions, useQuery } from "@tanstack/react-query";
import { create } from "zustand";
import { api, body } from "@/api/client";
import type { Generation } from "@/api/types";
import { JsonDialog } from "@/features/workflows/json-dialog";

const useViewed = create<{ row: Generation | null }>(() => ({ row: null }));

export const viewJson = (row: Generation) => useViewed.setState({ row });
const close = () => useViewed.setState({ row: null });

/** The graph of the generation that was chosen by `viewJson`. */
export function JsonView() {
  const row = useViewed((now) => now.row);
  return row && <View key={row.id} id={row.id} />;
}

/** The exact graph that ran, to the letter: a number in it may be longer than JavaScript can hold. */
const graphOptions = (generationId: string) =>
  queryOptions({
    queryKey: ["graph", generationId],
    queryFn: ({ signal }) => {
      const params = { path: { generation_id: generationId }, query: { download: true } };
      return body(api.GET("/api/comfyui/generations/{generation_id}/workflow", { params, signal, parseAs: "text" }));
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    meta: { upkeep: "own" },
  });

function View({ id }: { id: string }) {
  return (
    <JsonDialog
      open
      onOpenChange={close}
      title="Workflow of this generation"
      reading={useQuery(graphOptions(id))}
      filename={`workflow-${id}.json`}
    />
  );
}
