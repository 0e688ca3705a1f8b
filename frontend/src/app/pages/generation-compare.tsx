import { Compared } from "@/features/compare/compared";
import { Page } from "@/ui/page";

export default function GenerationComparePage() {
  return (
    <Page title="Compare" wide>
      <Compared />
    </Page>
  );
}
