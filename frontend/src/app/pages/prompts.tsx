import { useIsViewer } from "@/features/auth/me";
import { NewPrompt } from "@/features/prompt-library/new-prompt";
import { PromptList } from "@/features/prompt-library/prompt-list";
import { Page } from "@/ui/page";

export default function PromptsPage() {
  const isViewer = useIsViewer();
  return (
    <Page title="Prompts" actions={!isViewer && <NewPrompt />}>
      <PromptList />
    </Page>
  );
}
