import { Button } from "./button";
import { Dialog, DialogActions } from "./dialog";

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  sentence: string;
  verb: string;
  busy?: boolean;
  onConfirm: () => void;
}

/** Asks before something that cannot simply be done again; `verb` names what the button does. */
export function Confirm({ open, onOpenChange, title, sentence, verb, busy = false, onConfirm }: ConfirmProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} description={sentence}>
      <DialogActions>
        <Button onClick={() => onOpenChange(false)}>Go back</Button>
        <Button look="danger" busy={busy} onClick={onConfirm}>
          {verb}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
