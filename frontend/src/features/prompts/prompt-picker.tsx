import { NotebookPen } from "lucide-react";
import { useState } from "react";
import type { SavedPrompt } from "@/api/types";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import type { Rendered } from "./changes";
import { FillForm } from "./fill-form";
import { PickList } from "./pick-list";

export interface Picked {
  text: string;
  negative: string | null;
  /** To be put behind what stands there, not in its place. */
  isAdded: boolean;
}

interface PromptPickerProps {
  /** What stands in the box now. */
  current: string;
  onPick: (picked: Picked) => void;
}

/** Opens the library to take a prompt from it, its variables filled. */
export function PromptPicker({ current, onPick }: PromptPickerProps) {
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState<SavedPrompt | null>(null);
  const open = (next: boolean) => {
    setOpen(next);
    setChosen(null);
  };
  const pick = ({ prompt_text, negative_prompt }: Rendered, to: string) => {
    open(false);
    onPick({ text: prompt_text, negative: negative_prompt, isAdded: to === "add" });
  };
  return (
    <>
      <Button look="quiet" onClick={() => open(true)}>
        <NotebookPen size={16} aria-hidden />
        Prompts
      </Button>
      <Dialog open={isOpen} onOpenChange={open} title={chosen ? chosen.name : "Prompts"}>
        {chosen ? (
          <Fill prompt={chosen} hasCurrent={current.trim() !== ""} onBack={() => setChosen(null)} onPick={pick} />
        ) : (
          <PickList onChoose={setChosen} />
        )}
      </Dialog>
    </>
  );
}

interface FillProps {
  prompt: SavedPrompt;
  hasCurrent: boolean;
  onBack: () => void;
  onPick: (rendered: Rendered, to: string) => void;
}

function Fill({ prompt, hasCurrent, onBack, onPick }: FillProps) {
  const hasFields = prompt.variables.length > 0;
  return (
    <FillForm prompt={prompt} onRendered={onPick}>
      {(isPending) => (
        <DialogActions>
          <Button onClick={onBack} className="mr-auto">
            Back
          </Button>
          {hasCurrent && (
            <Button type="submit" value="add" busy={isPending}>
              Add to what is there
            </Button>
          )}
          <Button type="submit" value="replace" look="strong" busy={isPending} autoFocus={!hasFields}>
            {hasCurrent ? "Replace" : "Use"}
          </Button>
        </DialogActions>
      )}
    </FillForm>
  );
}
