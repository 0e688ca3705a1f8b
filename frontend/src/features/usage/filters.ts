import { useSearchParams } from "react-router";
import type { Provider } from "@/api/types";
import { dayAfter, dayOf, isDay } from "./days";
import type { GroupBy, UsageFilters } from "./queries";

export const GROUPS: readonly { value: GroupBy; label: string }[] = [
  { value: "day", label: "Day" },
  { value: "profile", label: "Profile" },
  { value: "model", label: "Model" },
  { value: "provider", label: "Provider" },
  { value: "purpose", label: "Purpose" },
];

export const PROVIDERS_ASKED: readonly Provider[] = ["ollama", "openai", "claude", "gemini"];

const USUAL_DAYS = 29;
const MOST_DAYS = 365;

/** What an address asks for; whatever makes no sense in it is as if it were not there. */
export function filtersOf(params: URLSearchParams, today: string): Required<UsageFilters> & { groupBy: GroupBy } {
  const last = dayIn(params, "to") ?? today;
  const first = dayIn(params, "from") ?? dayAfter(last, -USUAL_DAYS);
  const earliest = dayAfter(last, -MOST_DAYS);
  const provider = PROVIDERS_ASKED.find((known) => known === params.get("provider")) ?? "";
  return {
    last,
    first: first > last ? last : first < earliest ? earliest : first,
    provider,
    profileId: params.get("profile") ?? "",
    model: params.get("model") ?? "",
    groupBy: GROUPS.find(({ value }) => value === params.get("by"))?.value ?? "day",
  };
}

function dayIn(params: URLSearchParams, name: string): string | null {
  const text = params.get(name) ?? "";
  return isDay(text) ? text : null;
}

export function useFilters() {
  const [params] = useSearchParams();
  return filtersOf(params, dayOf(Date.now()));
}
