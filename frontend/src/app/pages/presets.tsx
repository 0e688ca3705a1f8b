import { PresetList } from "@/features/generations/presets/preset-list";
import { Page } from "@/ui/page";

export default function PresetsPage() {
  return (
    <Page title="Presets">
      <PresetList />
    </Page>
  );
}
