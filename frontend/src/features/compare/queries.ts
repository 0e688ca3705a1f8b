import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";

export const comparisonOptions = (a: string, b: string) =>
  queryOptions({
    queryKey: ["generations", "compared", a, b],
    queryFn: ({ signal }) =>
      read(api.GET("/api/comfyui/generations/compare", { params: { query: { ids: [`${a},${b}`] } }, signal })),
  });
