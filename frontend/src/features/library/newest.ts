import { type InfiniteData, replaceEqualDeep } from "@tanstack/react-query";
import type { components } from "@/api/schema";
import { newer } from "@/features/generations/merge";

export type FoundPage = components["schemas"]["FoundPage"];
export type Found = InfiniteData<FoundPage, string>;

/** What has come of a row by itself while pages were read is not older again. */
export function withNewest(known: Found | undefined, told: Found): Found {
  if (!known || known === told) return told;
  const before = new Map(known.pages.flatMap(({ data }) => data).map((row) => [row.id, row]));
  const pages = told.pages.map((page) => ({
    ...page,
    data: page.data.map((row) => newer(before.get(row.id) ?? row, row)),
  }));
  return replaceEqualDeep(known, { ...told, pages });
}
