import { ChevronRight, Plus, Send, Square } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useMemo } from "react";
import { useChoices } from "@/features/models/sources";
import { Button } from "@/ui/button";
import { Field, TextArea } from "@/ui/field";
import { focusBeside } from "@/ui/focus-beside";
import { Failed } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";
import { askAll, stopAll, useQuestion, useRun } from "./run";
import { TargetRow } from "./target-row";
import { FEWEST, isAsked, keepTargets, MOST, newTarget, startingTargets, type Target, useTargets } from "./targets";

/** One prompt, and who is asked it. */
export function AskForm() {
  const isUnderWay = useRun((run) => run.isUnderWay);
  const { prompt, systemPrompt } = useQuestion();
  const { targets, error, refetch } = useStartingTargets();
  const asked = (targets ?? []).filter(isAsked);
  const isReady = prompt.trim() !== "" && asked.length >= FEWEST;

  const ask = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !isUnderWay) void askAll(prompt, systemPrompt, asked);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    ask(event);
  };
  return (
    <form onSubmit={ask} aria-label="Ask several models" className="flex flex-col gap-3">
      <Field label="Prompt" className="min-w-0">
        {(told) => (
          <TextArea
            {...told}
            rows={3}
            maxLength={1_000_000}
            value={prompt}
            placeholder="What all of them are asked"
            onChange={(event) => useQuestion.setState({ prompt: event.target.value })}
            onKeyDown={onKeyDown}
          />
        )}
      </Field>
      <details className="group" open={systemPrompt !== "" || undefined}>
        <summary className="flex min-h-9 cursor-pointer list-none items-center gap-1.5 text-sm text-soft">
          <ChevronRight size={16} aria-hidden className="group-open:rotate-90" />
          System prompt (optional)
        </summary>
        <TextArea
          aria-label="System prompt"
          rows={2}
          value={systemPrompt}
          placeholder="Who they are to be; empty: as their profiles say"
          onChange={(event) => useQuestion.setState({ systemPrompt: event.target.value })}
        />
      </details>
      {targets && <Targets targets={targets} />}
      {!targets && error && <Failed what="The models could not be read" error={error} onRetry={() => void refetch()} />}
      {!targets && !error && <SkeletonList rows={2} className="h-9" />}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" look="strong" disabled={!isReady || isUnderWay} title="Ctrl+Enter">
          <Send size={16} aria-hidden />
          Ask {asked.length < FEWEST ? "them" : `all ${asked.length}`}
        </Button>
        {isUnderWay && (
          <Button onClick={stopAll}>
            <Square size={14} aria-hidden />
            Stop all
          </Button>
        )}
        {asked.length < FEWEST && targets && (
          <p className="text-soft text-sm">Choose at least {FEWEST} models to compare.</p>
        )}
      </div>
    </form>
  );
}

function useStartingTargets() {
  const kept = useTargets(({ targets }) => targets);
  const { choices, isSettled, error, refetch } = useChoices("text");
  const isKnown = isSettled || kept !== null;
  const targets = useMemo(
    () => (choices !== null && isKnown ? startingTargets(kept, choices) : null),
    [choices, isKnown, kept],
  );
  return { targets, error, refetch };
}

function Targets({ targets }: { targets: readonly Target[] }) {
  const replace = (key: string, next: Target) =>
    keepTargets(targets.map((target) => (target.key === key ? next : target)));
  const remove = (key: string) => {
    focusBeside();
    keepTargets(targets.filter((target) => target.key !== key));
  };
  return (
    <div className="flex flex-col gap-2">
      <ul aria-label="Models to ask" className="grid gap-2 sm:grid-cols-2 xl:grid-cols-3">
        {targets.map((target, place) => (
          <TargetRow
            key={target.key}
            target={target}
            place={place}
            onChange={(next) => replace(target.key, next)}
            {...(targets.length > FEWEST ? { onRemove: () => remove(target.key) } : {})}
          />
        ))}
      </ul>
      {targets.length < MOST && (
        <Button look="quiet" className="self-start" onClick={() => keepTargets([...targets, newTarget()])}>
          <Plus size={16} aria-hidden />
          Add a model
        </Button>
      )}
    </div>
  );
}
