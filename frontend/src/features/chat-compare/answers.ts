import type { components } from "@/api/schema";
import type { StreamEvent } from "@/api/stream";
import type { ModelChoice } from "@/features/models/choices";

type Schemas = components["schemas"];

export type AnswerStatus = "waiting" | "writing" | "done" | "failed" | "stopped";

/** What one of those that were asked has said so far. */
export interface Answer {
  choice: ModelChoice;
  status: AnswerStatus;
  text: string;
  /** Who answered, where it is known by then. */
  model: string;
  usage: Schemas["TokenCounts"] | null;
  durationMs: number | null;
  costUsd: number | null;
  /** It ended for another reason than that all was said. */
  cut: string | null;
  error: string | null;
}

export const asked = (choice: ModelChoice): Answer => ({
  choice,
  status: "waiting",
  text: "",
  model: choice.model,
  usage: null,
  durationMs: null,
  costUsd: null,
  cut: null,
  error: null,
});

interface Told extends Partial<Schemas["TokenCounts"]> {
  index?: number | null;
  text?: string;
  model?: string;
  usage?: Schemas["TokenCounts"] | null;
  duration_ms?: number | null;
  cost_usd?: number | null;
  finish_reason?: string | null;
  error?: string;
}

/** The answers after some events of the stream. What is told of no single one changes nothing. */
export function heard(answers: readonly Answer[], events: readonly StreamEvent[]): readonly Answer[] {
  const next = [...answers];
  for (const event of events) {
    const told = JSON.parse(event.data) as Told;
    const answer = told.index == null ? undefined : next[told.index];
    if (answer) next[told.index as number] = { ...answer, ...changeBy(event.name, told, answer) };
  }
  return next;
}

const CUT: Readonly<Record<string, string>> = {
  length: "Cut off: it was as long as it may be.",
  content_filter: "The provider held something back.",
  refusal: "The model refused.",
};

function changeBy(name: string, told: Told, answer: Answer): Partial<Answer> {
  if (name === "delta") return { status: "writing", text: answer.text + (told.text ?? "") };
  if (name === "error") return { status: "failed", error: told.error ?? "It failed without saying why." };
  if (name !== "done") return {};
  return {
    status: "done",
    model: told.model ?? answer.model,
    usage: told.usage ?? null,
    durationMs: told.duration_ms ?? null,
    costUsd: told.cost_usd ?? null,
    cut: CUT[told.finish_reason ?? ""] ?? null,
  };
}

const isOpen = ({ status }: Answer) => status === "waiting" || status === "writing";

/** Of those that have not ended it is said why they never will. */
export const ended = (answers: readonly Answer[], status: "failed" | "stopped", error: string | null) =>
  answers.map((answer) => (isOpen(answer) ? { ...answer, status, error } : answer));

/** "2 of 3 have answered, 1 failed." */
export function summary(answers: readonly Answer[]): string {
  const count = (wanted: AnswerStatus) => answers.filter(({ status }) => status === wanted).length;
  const others = [
    [count("failed"), "failed"],
    [count("stopped"), "stopped"],
  ] as const;
  const told = others.filter(([number]) => number > 0).map(([number, what]) => `, ${number} ${what}`);
  return `${count("done")} of ${answers.length} have answered${told.join("")}.`;
}

/** By so much it must be faster than the next one. */
const CLEARLY = 0.9;

/** The one that was clearly done first, once all have ended. */
export function fastest(answers: readonly Answer[]): Answer | null {
  if (answers.some(isOpen)) return null;
  const timed = answers.flatMap((answer) =>
    answer.status === "done" && answer.durationMs !== null ? [{ answer, ms: answer.durationMs }] : [],
  );
  const [first, second] = timed.sort((a, b) => a.ms - b.ms);
  return first && second && first.ms < CLEARLY * second.ms ? first.answer : null;
}
