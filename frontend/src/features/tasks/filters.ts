import { useSearchParams } from "react-router";
import type { Provider } from "@/api/types";
import { PROVIDER_NAMES } from "@/features/profiles/providers";
import { asType, STATUS_NAMES, type TaskStatus, type TaskType } from "./task";

/** What a list of tasks is narrowed to, as the API takes it. */
export interface TaskFilter {
  status?: TaskStatus[];
  type?: TaskType;
  provider?: Provider;
  q?: string;
  from?: string;
  to?: string;
  schedule_id?: string;
}

export const FILTER_NAMES = ["status", "type", "provider", "q", "from", "to", "schedule_id"] as const;

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Of the address; what is no filter there is left out, since a link may be old or mistyped. */
export function filterOf(params: URLSearchParams): TaskFilter {
  const status = STATUS_NAMES.filter((name) => params.getAll("status").includes(name));
  const type = asType(params.get("type") ?? "");
  const provider = PROVIDER_NAMES.find((name) => name === params.get("provider"));
  const q = params.get("q")?.trim();
  const schedule = params.get("schedule_id") ?? "";
  const [from, to] = [dayStart(params.get("from")), dayStart(params.get("to"), 1)];
  return {
    ...(status.length > 0 ? { status } : {}),
    ...(type ? { type } : {}),
    ...(provider ? { provider } : {}),
    ...(q ? { q } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(UUID.test(schedule) ? { schedule_id: schedule } : {}),
  };
}

/** The instant at which a day of this clock begins, or one that is so many days later. */
export function dayStart(day: string | null, later = 0): string | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? "") ?? [];
  const start = new Date(Number(year), Number(month) - 1, Number(date) + later);
  return Number.isNaN(start.getTime()) ? null : start.toISOString();
}

export function useTaskFilter(): TaskFilter {
  const [params] = useSearchParams();
  return filterOf(params);
}
