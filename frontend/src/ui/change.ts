import { type QueryKey, useMutation } from "@tanstack/react-query";
import { messageOf } from "@/api/failure";
import { queryClient } from "@/api/queries";
import { toast } from "./toast";

interface Change<Input, Output> {
  ask: (input: Input) => Promise<Output>;
  /** Keys of what has to be read again. */
  stale: readonly QueryKey[];
  /** What could not be done, as a sentence; the server's reason follows it. Without it the caller shows `error` itself. */
  refusal?: string;
  onDone?: (output: Output, input: Input) => void;
}

export const reread = (...stale: readonly QueryKey[]) =>
  void Promise.all(stale.map((queryKey) => queryClient.invalidateQueries({ queryKey })));

/** Lists that are not on screen: when they are opened, they are read before they are shown. */
export const forgetUnseen = (...stale: readonly QueryKey[]) => {
  for (const queryKey of stale) queryClient.removeQueries({ queryKey, type: "inactive" });
};

/** Something that is changed at the server. */
export function useChange<Output, Input = void>({ ask, stale, refusal, onDone }: Change<Input, Output>) {
  return useMutation({
    mutationFn: ask,
    onSuccess: (output, input) => onDone?.(output, input),
    onError: (failure) => refusal && toast({ kind: "error", message: `${refusal} ${messageOf(failure)}` }),
    onSettled: () => reread(...stale),
  });
}

/** Says that something is gone, and takes it back while that is shown. */
export function tellGone(name: string, stale: readonly QueryKey[], restore: () => Promise<unknown>): void {
  const run = async () => {
    try {
      await restore();
      toast({ kind: "info", message: `${name} is back.` });
    } catch (failure) {
      toast({ kind: "error", message: `${name} could not be brought back. ${messageOf(failure)}` });
    }
    reread(...stale);
  };
  toast({ kind: "info", message: `${name} is deleted.`, action: { label: "Undo", run: () => void run() } });
}
