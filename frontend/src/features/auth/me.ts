import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { may, type Right } from "./rights";

/** Who this page speaks for, and in which workspace; in local mode the local owner. */
export const meOptions = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => read(api.GET("/api/auth/me", { signal })),
  staleTime: 60_000,
});

/** Known to be one who only looks; until that is known nothing is kept back. */
export function useIsViewer(): boolean {
  const { data } = useQuery(meOptions);
  return data !== undefined && !may(data, "write");
}

/** False until it is known. */
export const useMay = (right: Right): boolean => may(useQuery(meOptions).data, right);
