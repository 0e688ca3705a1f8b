import { messageOf } from "@/api/failure";
import { useAfterClose } from "./after-close";
import { Button } from "./button";
import { Dialog, DialogActions } from "./dialog";
import { focusBeside } from "./focus-beside";

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  sentence: string;
  verb: string;
  busy?: boolean;
  /** Why it was refused, which is then said here. */
  error?: unknown;
  /** Whether the row that it asked about goes away now: the focus then goes to what stands beside it. */
  isGone?: boolean;
  onConfirm: () => void;
}

/** Asks before something that cannot simply be done again; `verb` names what the button does. */
export function Confirm({ open, onOpenChange, title, sentence, verb, busy = false, ...rest }: ConfirmProps) {
  const { error, isGone = false, onConfirm } = rest;
  useAfterClose(isGone && !open, focusBeside);
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} description={sentence}>
      {Boolean(error) && (
        <p role="alert" className="break-words text-bad text-sm">
          {messageOf(error)}
        </p>
      )}
      <DialogActions>
        <Button onClick={() => onOpenChange(false)}>Go back</Button>
        <Button look="danger" busy={busy} onClick={onConfirm}>
          {verb}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
