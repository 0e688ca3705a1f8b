import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, read } from "@/api/client";

const ASKED_MS = 15_000;

/** The machines of all ComfyUI profiles, a profile's own address first, each as it was last seen. */
export const backendsOptions = queryOptions({
  queryKey: ["backends"],
  queryFn: ({ signal }) => read(api.GET("/api/comfyui/backends", { signal })),
  refetchInterval: ASKED_MS,
  meta: { upkeep: "counts" },
});

/** The machines of one profile; none while they are not known. */
export function useMachinesOf(profileId: string | null) {
  const { data = [] } = useQuery({ ...backendsOptions, enabled: profileId !== null });
  return data.filter(({ profile_id }) => profile_id === profileId);
}
