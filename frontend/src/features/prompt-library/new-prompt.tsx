import { Plus } from "lucide-react";
import { useState } from "react";
import { PromptDialog } from "@/features/prompts/prompt-dialog";
import { Button } from "@/ui/button";

export function NewPrompt() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="strong" onClick={() => setOpen(true)}>
        <Plus size={16} aria-hidden />
        New prompt
      </Button>
      <PromptDialog prompt={null} open={isOpen} onOpenChange={setOpen} />
    </>
  );
}
