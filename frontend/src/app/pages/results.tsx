import { Choice } from "@/features/tasks/filter-bar";
import { ResultList } from "@/features/tasks/results/list";
import { TYPE_NAMES, TYPES } from "@/features/tasks/task";
import { Page } from "@/ui/page";

export default function ResultsPage() {
  return (
    <Page title="Results" wide aside="What your tasks have made, newest first." actions={<TypeFilter />}>
      <ResultList />
    </Page>
  );
}

const TypeFilter = () => (
  <Choice name="type" label="Type" choices={TYPE_NAMES.map((name) => [name, TYPES[name].label])} />
);
