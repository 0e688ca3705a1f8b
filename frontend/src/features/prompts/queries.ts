import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, body, read } from "@/api/client";

export const ORDERS = { name: "By name", used_count: "Most used first", updated: "Last changed first" } as const;
export type PromptOrder = keyof typeof ORDERS;

export interface PromptFilter {
  q: string;
  category: string;
  sort: PromptOrder;
}

export const PROMPTS = ["prompts"] as const;

/** Saved prompts page by page; `q` stands in a name or text. */
export const promptsOptions = ({ q, category, sort }: PromptFilter) =>
  infiniteQueryOptions({
    queryKey: [...PROMPTS, "list", { q, category, sort }],
    queryFn: ({ pageParam: page, signal }) => {
      const query = { page, sort, ...(q === "" ? {} : { q }), ...(category === "" ? {} : { category }) };
      return body(api.GET("/api/prompts", { params: { query }, signal }));
    },
    initialPageParam: 1,
    getNextPageParam: ({ pagination: { page, pages } }) => (page < pages ? page + 1 : null),
  });

export const categoriesOptions = queryOptions({
  queryKey: [...PROMPTS, "categories"],
  queryFn: ({ signal }) => read(api.GET("/api/prompts/categories", { signal })),
});
