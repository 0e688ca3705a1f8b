import { Budgets } from "@/features/usage/budgets";
import { Calls } from "@/features/usage/calls";
import { FilterBar } from "@/features/usage/filter-bar";
import { Report } from "@/features/usage/report";
import { Page } from "@/ui/page";

export default function UsagePage() {
  return (
    <Page title="Usage" aside="Calls to language models, their tokens and what they cost. Days are UTC days.">
      <Budgets />
      <FilterBar />
      <Report />
      <Calls />
    </Page>
  );
}
