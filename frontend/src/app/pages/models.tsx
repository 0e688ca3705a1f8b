import { ModelGroups } from "@/features/models/model-groups";
import { Page } from "@/ui/page";

export default function ModelsPage() {
  return (
    <Page title="Models" aside="What each profile offers, and what each Ollama has on its disk and in its memory.">
      <ModelGroups />
    </Page>
  );
}
