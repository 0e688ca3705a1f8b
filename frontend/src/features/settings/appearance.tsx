import { Panel } from "@/ui/panel";

interface AppearanceProps<Theme extends string> {
  theme: Theme;
  choices: readonly { value: Theme; label: string }[];
  onChange: (theme: Theme) => void;
}

export function Appearance<Theme extends string>({ theme, choices, onChange }: AppearanceProps<Theme>) {
  return (
    <Panel title="Appearance" aside="in this browser">
      <fieldset className="flex flex-wrap gap-x-6 gap-y-1 rounded-lg border border-line bg-raised px-4 py-2 text-sm">
        <legend className="sr-only">Theme</legend>
        {choices.map(({ value, label }) => (
          <label key={value} className="flex min-h-9 items-center gap-2">
            <input
              type="radio"
              name="theme"
              className="size-4 accent-accent"
              checked={theme === value}
              onChange={() => onChange(value)}
            />
            {label}
          </label>
        ))}
      </fieldset>
    </Panel>
  );
}
