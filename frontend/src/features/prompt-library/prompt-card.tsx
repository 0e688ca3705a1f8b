import { Copy, Ellipsis, PencilLine, Trash2, WandSparkles } from "lucide-react";
import { useState } from "react";
import type { SavedPrompt } from "@/api/types";
import { useDelete } from "@/features/prompts/changes";
import { PromptDialog } from "@/features/prompts/prompt-dialog";
import { VariableNames } from "@/features/prompts/variable-names";
import { Badge } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { copyText } from "@/ui/clipboard";
import { focusBeside } from "@/ui/focus-beside";
import { Menu, type MenuItem } from "@/ui/menu";
import { RelativeTime } from "@/ui/relative-time";
import { UseDialog } from "./use-dialog";

/** A saved prompt in the list; who only looks may copy it. */
export function PromptCard({ prompt, isFixed }: { prompt: SavedPrompt; isFixed: boolean }) {
  const { name, prompt_text, negative_prompt, category } = prompt;
  return (
    <li className="flex min-w-0 flex-col gap-2 rounded-xl border border-line bg-raised p-3">
      <div className="flex items-start gap-2">
        <h2 className="flex min-w-0 flex-1 flex-wrap items-center gap-2 font-semibold">
          <span className="line-clamp-2 min-w-0 break-words">{name}</span>
          {category && (
            <Badge>
              <span className="max-w-40 truncate">{category}</span>
            </Badge>
          )}
        </h2>
        {isFixed ? (
          <IconButton label={`Copy ${name}`} onClick={() => void copyText(prompt_text, "Prompt")}>
            <Copy size={16} aria-hidden />
          </IconButton>
        ) : (
          <Actions prompt={prompt} />
        )}
      </div>
      <p className="line-clamp-4 whitespace-pre-wrap break-words text-sm">{prompt_text}</p>
      {negative_prompt && (
        <p className="line-clamp-2 break-words text-soft text-sm">
          <span className="font-medium">Avoid: </span>
          {negative_prompt}
        </p>
      )}
      <div className="mt-auto flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <VariableNames texts={[prompt_text, negative_prompt]} />
        <Uses prompt={prompt} />
      </div>
    </li>
  );
}

function Uses({ prompt: { used_count, used_at } }: { prompt: SavedPrompt }) {
  if (used_count === 0 || used_at === null) return <p className="text-soft text-xs">Not used yet</p>;
  return (
    <p className="text-soft text-xs">
      Used {used_count === 1 ? "once" : `${used_count} times`} · <RelativeTime at={used_at} />
    </p>
  );
}

function Actions({ prompt }: { prompt: SavedPrompt }) {
  const [opened, setOpened] = useState<"use" | "edit" | null>(null);
  const { mutate } = useDelete(prompt);
  const close = () => setOpened(null);
  const remove = () => {
    focusBeside();
    mutate();
  };
  const items: MenuItem[] = [
    { label: "Edit", icon: <PencilLine size={16} aria-hidden />, onSelect: () => setOpened("edit") },
    {
      label: "Copy as it stands",
      icon: <Copy size={16} aria-hidden />,
      onSelect: () => void copyText(prompt.prompt_text, "Prompt"),
    },
    { label: "Delete", icon: <Trash2 size={16} aria-hidden />, onSelect: remove, danger: true },
  ];
  const trigger = (
    <Button look="quiet" aria-label={`More for ${prompt.name}`} className="px-2 text-soft">
      <Ellipsis size={16} aria-hidden />
    </Button>
  );
  return (
    <div className="flex shrink-0 items-center gap-1">
      <Button onClick={() => setOpened("use")} aria-label={`Use ${prompt.name}`}>
        <WandSparkles size={16} aria-hidden />
        Use
      </Button>
      <Menu items={items} trigger={trigger} />
      <UseDialog prompt={prompt} open={opened === "use"} onOpenChange={close} />
      <PromptDialog prompt={prompt} open={opened === "edit"} onOpenChange={close} />
    </div>
  );
}
