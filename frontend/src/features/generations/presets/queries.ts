import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";

/** All, by name. */
export const presetsOptions = queryOptions({
  queryKey: ["presets"],
  queryFn: ({ signal }) => read(api.GET("/api/presets", { signal })),
});
