import type { paths } from "@/api/schema";

type Asked = NonNullable<paths["/api/comfyui/generations"]["get"]["parameters"]["query"]>;

/** The filters as the API has them, by name; those that may be there several times as lists. */
export type Filters = Readonly<Record<string, string | readonly string[]>>;

export const SORTS = ["newest", "oldest", "longest"] as const;
export type SortName = (typeof SORTS)[number];

const ORDERS: Record<SortName, Pick<Asked, "sort" | "order">> = {
  newest: { sort: "created_at" },
  oldest: { sort: "created_at", order: "asc" },
  longest: { sort: "duration" },
};

const SEVERAL = new Set(["status", "tag"]);
/** What else stands in the address of the library. */
const OWN = new Set(["sort", "picture"]);

/** Also of names that are no filters: the server says so. */
export function filtersOf(params: URLSearchParams): Filters {
  const filters: Record<string, string | string[]> = {};
  for (const name of new Set(params.keys())) {
    if (OWN.has(name)) continue;
    const values = params.getAll(name).filter((value) => value !== "");
    const [first] = values;
    if (first === undefined) continue;
    filters[name] = SEVERAL.has(name) ? values : first;
  }
  return filters;
}

export function sortOf(params: URLSearchParams): SortName {
  return SORTS.find((name) => name === params.get("sort")) ?? "newest";
}

export const queryOf = (filters: Filters, sort: SortName): Asked => ({ ...(filters as Asked), ...ORDERS[sort] });

/** A value of one filter, as it is shown and taken away by itself. */
export interface Active {
  name: string;
  value: string;
}

export function activeOf(filters: Filters): Active[] {
  return Object.entries(filters).flatMap(([name, values]) =>
    (typeof values === "string" ? [values] : values).map((value) => ({ name, value })),
  );
}

/** Filters by name; null takes one away. */
export type Change = Readonly<Record<string, string | readonly string[] | null>>;

export function withChange(params: URLSearchParams, change: Change): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [name, values] of Object.entries(change)) {
    next.delete(name);
    for (const value of typeof values === "string" ? [values] : (values ?? [])) {
      if (value !== "") next.append(name, value);
    }
  }
  return next;
}

/** Adds the value to a filter that takes several, or takes it away where it is there already. */
export function toggled(filters: Filters, name: string, value: string): Change {
  const now = filters[name];
  if (!SEVERAL.has(name)) return { [name]: now === value ? null : value };
  const values = typeof now === "string" ? [now] : (now ?? []);
  return { [name]: values.includes(value) ? values.filter((one) => one !== value) : [...values, value] };
}

export function withoutFilters(params: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams();
  const sort = params.get("sort");
  if (sort !== null) next.set("sort", sort);
  return next;
}
