import { useState } from "react";
import { messageOf } from "@/api/failure";
import type { Message } from "@/api/types";
import { targetOf } from "@/features/models/choices";
import { ModelPicker } from "@/features/models/model-picker";
import { useModelChoice } from "@/features/models/remembered";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { askAgain } from "./asking";

interface AnswerDialogProps {
  message: Message;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Another answer beside this one, by whom one likes; the conversation goes on with its own model. */
export function AnswerDialog({ message, open, onOpenChange }: AnswerDialogProps) {
  const [choice, choose] = useModelChoice();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const answer = async () => {
    if (!choice) return;
    setBusy(true);
    try {
      await askAgain(message.conversation_id, message.id, targetOf(choice));
      onOpenChange(false);
    } catch (reason) {
      setFailure(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Answer with another model"
      description="Its answer stands beside the others; what is asked next goes to the conversation's own model."
    >
      <ModelPicker value={choice} onChange={choose} />
      {failure !== null && (
        <p role="alert" className="mt-3 text-bad text-sm">
          {messageOf(failure)}
        </p>
      )}
      <DialogActions>
        <Button onClick={() => onOpenChange(false)}>Go back</Button>
        <Button look="strong" busy={isBusy} disabled={!choice} onClick={() => void answer()}>
          Answer
        </Button>
      </DialogActions>
    </Dialog>
  );
}
