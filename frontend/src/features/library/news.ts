import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { queryClient } from "@/api/queries";
import type { Generation } from "@/api/types";
import { useConnection } from "@/live/connection";
import { newsIn } from "./news-count";
import { type FoundPage, foundOptions, headOptions } from "./queries";
import { keepAll } from "./upkeep";
import type { Search } from "./use-filters";

const POLL_MS = 10_000;

type Total = FoundPage["pagination"];

interface News {
  count: number;
  total: Total | undefined;
  show: () => void;
}

/** What has come since the list was read, kept apart until somebody wants it, so that nothing jumps. */
export function useNews({ filters, sort }: Search, rows: readonly Generation[], found: FoundPage[] | undefined): News {
  const isLive = useConnection(({ connection }) => connection === "live");
  const first = found?.[0];
  const options = headOptions(filters, sort);
  const { data: head } = useQuery({
    ...options,
    enabled: first !== undefined,
    refetchInterval: isLive ? false : POLL_MS,
    ...(first ? { initialData: first } : {}),
  });
  useEffect(() => {
    if (head) keepAll(head.data);
  }, [head]);
  const show = () => {
    if (!head) return;
    queryClient.setQueryData(foundOptions(filters, sort).queryKey, { pages: [head], pageParams: [""] });
    if (sort !== "newest") void queryClient.invalidateQueries(foundOptions(filters, sort));
  };
  const isWhole = found?.at(-1)?.next_cursor === null;
  return { count: head && first ? newsIn(head, rows, isWhole) : 0, total: head?.pagination ?? first?.pagination, show };
}
