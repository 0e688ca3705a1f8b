import { create } from "zustand";
import { choiceFrom, type ModelChoice, type SourceChoices, sourceOf } from "@/features/models/choices";

export const FEWEST = 2;
export const MOST = 8;

/** What is said to one of them alone; absent is what its profile and provider have. */
export interface TargetOptions {
  temperature?: number;
  max_tokens?: number;
}

export interface Target {
  key: string;
  choice: ModelChoice | null;
  options: TargetOptions;
}

export interface Asked extends Target {
  choice: ModelChoice;
}

export const isAsked = (target: Target): target is Asked => target.choice !== null;

const KEY = "compare";

let made = 0;
const newKey = () => `new ${++made}`;

export function keepTargets(targets: readonly Target[]): void {
  useTargets.setState({ targets });
  try {
    localStorage.setItem(KEY, JSON.stringify(targets.map(({ choice, options }) => ({ choice, options }))));
  } catch (full) {
    if (!(full instanceof DOMException)) throw full;
  }
}

/** Null for what is no set of targets. */
export function targetsFrom(text: string | null): Target[] | null {
  try {
    const kept: unknown = JSON.parse(text ?? "null");
    return Array.isArray(kept) ? kept.slice(0, MOST).map(targetFrom) : null;
  } catch (broken) {
    if (broken instanceof SyntaxError) return null;
    throw broken;
  }
}

function targetFrom(kept: { choice?: unknown; options?: Record<string, unknown> } | null): Target {
  const { temperature, max_tokens } = kept?.options ?? {};
  const options: TargetOptions = {
    ...(typeof temperature === "number" ? { temperature } : {}),
    ...(typeof max_tokens === "number" ? { max_tokens } : {}),
  };
  return { key: newKey(), choice: choiceFrom(JSON.stringify(kept?.choice ?? null)), options };
}

/** The kept ones, without choices that this workspace does not have, and at least as many as it takes. */
export function startingTargets(kept: readonly Target[] | null, choices: readonly SourceChoices[]): Target[] {
  if (kept === null) return filledUp(firstModels(choices));
  return filledUp(
    kept.map((target) => ({
      ...target,
      choice: target.choice && sourceOf(choices, target.choice) ? target.choice : null,
    })),
  );
}

function firstModels(choices: readonly SourceChoices[]): Target[] {
  const all = choices.flatMap(({ profileId, provider, models }) =>
    models.filter(({ isThere }) => isThere).map(({ id }) => ({ profileId, provider, model: id })),
  );
  return all.slice(0, FEWEST).map((choice) => ({ ...newTarget(), choice }));
}

const filledUp = (targets: readonly Target[]): Target[] => [
  ...targets,
  ...Array.from({ length: Math.max(0, FEWEST - targets.length) }, (_, place) => ({
    ...newTarget(),
    key: `empty ${place}`,
  })),
];

export const newTarget = (): Target => ({ key: newKey(), choice: null, options: {} });

/** Null while this browser has never compared. */
export const useTargets = create<{ targets: readonly Target[] | null }>(() => ({
  targets: targetsFrom(typeof localStorage === "undefined" ? null : localStorage.getItem(KEY)),
}));
