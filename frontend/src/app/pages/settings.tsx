import { About } from "@/features/settings/about";
import { Appearance } from "@/features/settings/appearance";
import { ProviderSettings } from "@/features/settings/providers";
import { StoredHere } from "@/features/settings/stored-here";
import { Page } from "@/ui/page";
import { Panel } from "@/ui/panel";
import { ShortcutList } from "@/ui/shortcuts";
import { type Theme, useTheme } from "../theme";

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

export default function SettingsPage() {
  const theme = useTheme((now) => now.theme);
  return (
    <Page title="Settings">
      <div className="flex flex-col gap-8">
        <ProviderSettings />
        <Appearance theme={theme} choices={THEMES} onChange={(chosen) => useTheme.setState({ theme: chosen })} />
        <Panel title="Keyboard shortcuts">
          <div className="rounded-lg border border-line bg-raised p-4">
            <ShortcutList />
          </div>
          <p className="text-soft text-sm">Pages have more of their own; press ? there.</p>
        </Panel>
        <StoredHere />
        <About />
      </div>
    </Page>
  );
}
