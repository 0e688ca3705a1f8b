import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, body } from "@/api/client";
import type { components } from "@/api/schema";
import type { Provider } from "@/api/types";
import { afterDay, atDay } from "./days";

export type Entry = components["schemas"]["AuditOut"];
export type Action = components["schemas"]["Action"];
export type ApiCall = components["schemas"]["ApiCallOut"];

/** What both logs are narrowed by; "" where it is not. Days are those of whoever looks. */
interface Filter {
  from: string;
  to: string;
  user: string;
}

export interface AuditFilter extends Filter {
  action: string;
  subject: string;
  workspace: string;
}

export interface CallFilter extends Filter {
  method: string;
  status: string;
  route: string;
  provider: string;
}

const LIMIT = 50;
/** Others act all the time, and no event tells of it. */
const AGE_MS = 10_000;

function given<Wanted extends object>(wanted: Wanted): { [Name in keyof Wanted]?: Wanted[Name] } {
  const set = Object.entries(wanted).filter(([, value]) => value !== "");
  return Object.fromEntries(set) as { [Name in keyof Wanted]?: Wanted[Name] };
}

const common = ({ from, to, user }: Filter, cursor: string) => ({
  from: atDay(from),
  to: afterDay(to),
  user_id: user,
  cursor,
  limit: LIMIT,
});

const paged = {
  initialPageParam: "",
  getNextPageParam: ({ next_cursor }: { next_cursor: string | null }) => next_cursor ?? undefined,
  staleTime: AGE_MS,
};

/** Of the whole server for its admins, where `within` is null; else of that workspace, for those who manage it. */
export const auditOptions = (within: string | null, filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ["audit", within, filter],
    queryFn: ({ pageParam, signal }) => {
      const { action, subject, workspace } = filter;
      const wanted = { ...common(filter, pageParam), action: action as Action, subject_id: subject };
      if (within === null) {
        const query = given({ ...wanted, workspace_id: workspace });
        return body(api.GET("/api/audit", { params: { query }, signal }));
      }
      const params = { path: { workspace_id: within }, query: given(wanted) };
      return body(api.GET("/api/workspaces/{workspace_id}/audit", { params, signal }));
    },
    ...paged,
  });

/** The requests of the last days; for the server's admins. */
export const callsOptions = (filter: CallFilter) =>
  infiniteQueryOptions({
    queryKey: ["calls", filter],
    queryFn: ({ pageParam, signal }) => {
      const { method, status, route, provider } = filter;
      const query = {
        ...given({ ...common(filter, pageParam), method, route, provider: provider as Provider }),
        ...(status === "" ? {} : { status: Number(status) }),
      };
      return body(api.GET("/api/api-log", { params: { query }, signal }));
    },
    ...paged,
  });
