import { messageOf } from "@/api/failure";
import type { Message } from "@/api/types";
import { toast } from "@/ui/toast";
import { stop } from "./asking";

/** Ends the answer that is being written; what was said of it stays. */
export function stopShown({ conversation_id, id }: Message): void {
  stop(conversation_id, id).catch((failure: unknown) =>
    toast({ kind: "error", message: `The answer could not be stopped. ${messageOf(failure)}` }),
  );
}
