import { useEffect, useState } from "react";
import type { Message } from "@/api/types";

const SAID: Partial<Record<Message["status"], string>> = {
  streaming: "The model is answering.",
  complete: "The answer is there.",
  failed: "There is no answer.",
  partial: "The answer broke off.",
  cancelled: "The answer is stopped.",
};

/** Says when an answer begins and ends, to those who do not see it grow; never what was there before. */
export function Announcer({ messages }: { messages: readonly Message[] }) {
  const last = messages.at(-1);
  const now = last?.role === "assistant" ? `${last.id} ${last.status}` : null;
  const [first] = useState(now);
  const [said, setSaid] = useState("");
  const status = last?.status;
  const detail = last?.error ?? "";
  useEffect(() => {
    if (now === null || now === first || !status) return;
    setSaid(`${SAID[status] ?? ""} ${detail}`.trim());
  }, [now, first, status, detail]);
  return (
    <p role="status" className="sr-only">
      {said}
    </p>
  );
}
