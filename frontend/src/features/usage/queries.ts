import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, body, read } from "@/api/client";
import type { components } from "@/api/schema";
import type { Provider } from "@/api/types";
import { dayAfter } from "./days";

type Schemas = components["schemas"];
export type GroupBy = Schemas["GroupBy"];
export type UsageReport = Schemas["UsageReport"];
export type UsageGroup = Schemas["UsageGroup"];
export type Sums = Schemas["Sums"];
export type Call = Schemas["CallOut"];
export type CallStatus = Schemas["CallStatus"];
export type Budget = Schemas["BudgetOut"];

/** Whole UTC days, both of them too. Empty texts filter nothing. */
export interface UsageFilters {
  first: string;
  last: string;
  profileId?: string;
  provider?: Provider | "";
  model?: string;
}

const USAGE_MS = 30_000;

function queryOf({ first, last, profileId, provider, model }: UsageFilters) {
  return {
    from: `${first}T00:00:00Z`,
    to: `${dayAfter(last, 1)}T00:00:00Z`,
    ...(profileId ? { profile_id: profileId } : {}),
    ...(provider ? { provider } : {}),
    ...(model ? { model } : {}),
  };
}

export const usageOptions = ({ groupBy, ...filters }: UsageFilters & { groupBy: GroupBy }) =>
  queryOptions({
    queryKey: ["usage", groupBy, filters],
    queryFn: ({ signal }) =>
      read(api.GET("/api/usage", { params: { query: { ...queryOf(filters), group_by: groupBy } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: USAGE_MS,
    enabled: filters.first !== "",
  });

export const callsOptions = (filters: UsageFilters & { status: CallStatus | "" }) =>
  infiniteQueryOptions({
    queryKey: ["usage", "calls", filters],
    queryFn: ({ pageParam, signal }) => {
      const status = filters.status ? { status: filters.status } : {};
      const query = { ...queryOf(filters), ...status, limit: 25, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return body(api.GET("/api/usage/calls", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: keepPreviousData,
  });

export const budgetsOptions = queryOptions({
  queryKey: ["budgets"],
  queryFn: ({ signal }) => read(api.GET("/api/budgets", { signal })),
  refetchInterval: USAGE_MS,
});
