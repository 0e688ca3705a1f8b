import { clsx } from "clsx";
import { Command } from "cmdk";
import { Check, Eye } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { PROVIDERS } from "@/features/profiles/providers";
import { matching } from "@/ui/search";
import { isSameChoice, type KnownModel, type ModelChoice, type SourceChoices } from "./choices";

interface ModelListProps {
  choices: readonly SourceChoices[];
  value: ModelChoice | null;
  label: string;
  onChoose: (choice: ModelChoice) => void;
}

const MOST_OF_A_SOURCE = 100;
const ROW = "flex min-h-9 cursor-pointer items-center gap-2 rounded px-2 py-1 text-sm data-[selected=true]:bg-hover";

/** The models by source, those that are sought; below them what was typed, as a model that nobody lists. */
export function ModelList({ choices, value, label, onChoose }: ModelListProps) {
  const [sought, setSought] = useState("");
  if (choices.length === 0) return <NoSource />;
  const found = choices.map((source) => ({ source, models: soughtOf(source, sought) }));
  const typed = sought.trim();
  const unlisted = typed === "" ? [] : choices.filter(({ models }) => !models.some(({ id }) => id === typed));
  const isEmpty = found.every(({ models }) => models.length === 0);
  return (
    <Command label={label} shouldFilter={false} {...(value ? { defaultValue: rowOf(value) } : {})}>
      <Command.Input
        value={sought}
        onValueChange={setSought}
        placeholder="Search, or type the name of a model"
        className="w-full border-line border-b bg-transparent px-3 py-2 text-sm outline-none placeholder:text-soft"
      />
      <Command.List label={label} className="max-h-80 overflow-y-auto p-1">
        {found.map(
          ({ source, models }) =>
            models.length > 0 && (
              <Command.Group key={source.key} heading={<SourceName source={source} />}>
                {models.slice(0, MOST_OF_A_SOURCE).map((model) => (
                  <ModelRow
                    key={model.id}
                    model={model}
                    choice={choiceOf(source, model.id)}
                    value={value}
                    onChoose={onChoose}
                  />
                ))}
              </Command.Group>
            ),
        )}
        {unlisted.length > 0 && (
          <Command.Group heading={<span className="px-2 text-soft text-xs">Not in the lists</span>}>
            {unlisted.map((source) => {
              const choice = choiceOf(source, typed);
              return (
                <Command.Item key={source.key} value={rowOf(choice)} onSelect={() => onChoose(choice)} className={ROW}>
                  <span className="min-w-0 break-words pl-5.5">
                    Ask {source.name} for “{typed}”
                  </span>
                </Command.Item>
              );
            })}
          </Command.Group>
        )}
      </Command.List>
      <p role="status" className="px-3 py-1.5 text-soft text-xs empty:hidden">
        {isEmpty &&
          (typed === "" ? "No model is listed yet. Type the name of one." : "No model in the lists has this name.")}
      </p>
    </Command>
  );
}

function SourceName({ source: { name, provider } }: { source: SourceChoices }) {
  return (
    <span className="block truncate px-2 pt-1.5 pb-0.5 text-soft text-xs">
      {name} · {PROVIDERS[provider].label}
    </span>
  );
}

interface ModelRowProps {
  model: KnownModel;
  choice: ModelChoice;
  value: ModelChoice | null;
  onChoose: (choice: ModelChoice) => void;
}

function ModelRow({ model: { id, name, sees, isThere }, choice, value, onChoose }: ModelRowProps) {
  const isChosen = value !== null && isSameChoice(choice, value);
  return (
    <Command.Item value={rowOf(choice)} onSelect={() => onChoose(choice)} className={ROW}>
      <Check size={14} aria-hidden className={clsx("shrink-0", !isChosen && "invisible")} />
      <span className="min-w-0 flex-1 break-words">
        {id}
        {name !== null && name !== id && <span className="text-soft"> {name}</span>}
        {isChosen && <span className="sr-only"> (chosen)</span>}
      </span>
      {!isThere && <span className="shrink-0 text-warn text-xs">not downloaded</span>}
      {sees && <Eye size={14} role="img" aria-label="sees pictures" className="shrink-0 text-soft" />}
    </Command.Item>
  );
}

function NoSource() {
  return (
    <p className="p-4 text-sm">
      There is no model for this yet.{" "}
      <Link to="/profiles" className="text-accent underline">
        Add a profile
      </Link>{" "}
      of Ollama or of a provider first.
    </p>
  );
}

const soughtOf = ({ name, models }: SourceChoices, sought: string) =>
  matching(models, sought, (model) => `${model.id} ${model.name ?? ""} ${name}`);

const choiceOf = ({ profileId, provider }: SourceChoices, model: string): ModelChoice => ({
  profileId,
  provider,
  model,
});

const rowOf = ({ profileId, provider, model }: ModelChoice) => `${profileId ?? provider} ${model}`;
