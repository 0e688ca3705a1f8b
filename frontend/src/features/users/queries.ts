import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, body } from "@/api/client";
import type { components } from "@/api/schema";

export type User = components["schemas"]["UserOut"];
export type UserRole = components["schemas"]["UserRole"];

export interface UserFilter {
  /** Stands in the name or the e-mail address. */
  q: string;
  /** "yes", "no", or "" for all. */
  active: string;
}

const LIMIT = 50;

/** Who has an account on this server, the oldest first. */
export const usersOptions = ({ q, active }: UserFilter) =>
  infiniteQueryOptions({
    queryKey: ["users", { q, active }],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        page: pageParam,
        limit: LIMIT,
        ...(q === "" ? {} : { q }),
        ...(active === "" ? {} : { active: active === "yes" }),
      };
      return body(api.GET("/api/users", { params: { query }, signal }));
    },
    initialPageParam: 1,
    getNextPageParam: ({ pagination }) => (pagination.page < pagination.pages ? pagination.page + 1 : undefined),
  });
