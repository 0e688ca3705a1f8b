import { Copy } from "lucide-react";
import type { Generation } from "@/api/types";
import { ActionButton } from "@/features/generations/cards/action-button";
import { copyText } from "@/ui/clipboard";

/** Both texts as a whole, each to be copied. */
export function Prompts({ row: { prompt_text, negative_prompt } }: { row: Generation }) {
  return (
    <div className="flex flex-col gap-3">
      <Text label="Prompt" text={prompt_text ?? ""} without="The workflow's own prompt." />
      {negative_prompt && <Text label="Negative prompt" text={negative_prompt} without="" />}
    </div>
  );
}

function Text({ label, text, without }: { label: string; text: string; without: string }) {
  return (
    <section aria-label={label} className="flex flex-col gap-1">
      <div className="flex items-center gap-1">
        <h2 className="font-semibold">{label}</h2>
        {text !== "" && (
          <ActionButton iconOnly label={`Copy ${label.toLowerCase()}`} Icon={Copy} run={() => copyText(text, label)} />
        )}
      </div>
      <p className="whitespace-pre-wrap break-words text-sm">{text || <span className="text-soft">{without}</span>}</p>
    </section>
  );
}
