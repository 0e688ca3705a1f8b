import type { Conversation } from "@/api/types";

type Options = Conversation["options"];

export interface NumberOption {
  name: string;
  label: string;
  hint: string;
  step: number;
  isWhole?: true;
}

/** What means the same for all who answer (docs/api.md, "options of chats"). */
export const NUMBERS: readonly NumberOption[] = [
  { name: "temperature", label: "Temperature", hint: "0 is sober, 1 and more is freer.", step: 0.1 },
  { name: "top_p", label: "Top p", hint: "Takes only the likeliest words, up to this share.", step: 0.05 },
  { name: "max_tokens", label: "Most tokens", hint: "Ends an answer after so many.", step: 1, isWhole: true },
  { name: "seed", label: "Seed", hint: "The same seed answers the same, where a model can.", step: 1, isWhole: true },
  { name: "presence_penalty", label: "Presence penalty", hint: "Above 0 brings up new things.", step: 0.1 },
  { name: "frequency_penalty", label: "Frequency penalty", hint: "Above 0 repeats fewer words.", step: 0.1 },
];

/** Claude takes only the last of these. */
export const takes = (provider: string | null, { name }: NumberOption): boolean =>
  provider !== "claude" || name === "max_tokens";

const LISTED = new Set([...NUMBERS.map(({ name }) => name), "stop"]);

/** As it is typed: "" is the model's own. */
export type Typed = Readonly<Record<string, string>>;

export function typedOf(options: Options): Typed {
  const numbers = NUMBERS.map(({ name }) => [name, options[name] == null ? "" : String(options[name])]);
  const { stop } = options;
  const stops = Array.isArray(stop) ? stop.map(String) : typeof stop === "string" ? [stop] : [];
  return { ...Object.fromEntries(numbers), stop: stops.join("\n") };
}

/** What is not among the fields stays as it is. */
export function optionsOf(typed: Typed, before: Options): Options {
  const others = Object.entries(before).filter(([name]) => !LISTED.has(name));
  const numbers = NUMBERS.map(({ name }) => [name, (typed[name] ?? "").trim()])
    .filter(([, text]) => text !== "")
    .map(([name, text]) => [name, Number(text)]);
  const stops = (typed.stop ?? "").split("\n").filter((line) => line !== "");
  return { ...Object.fromEntries([...others, ...numbers]), ...(stops.length > 0 ? { stop: stops } : {}) };
}

/** What is wrong with what was typed, by the names of the fields. */
export function faultsOf(typed: Typed): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const { name, isWhole } of NUMBERS) {
    const text = (typed[name] ?? "").trim();
    if (text !== "" && !Number.isFinite(Number(text))) faults[name] = "This is no number.";
    else if (text !== "" && isWhole && !Number.isInteger(Number(text))) faults[name] = "This must be a whole number.";
  }
  return faults;
}
