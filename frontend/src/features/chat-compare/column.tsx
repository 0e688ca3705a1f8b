import { useMutation } from "@tanstack/react-query";
import { Copy, MessageSquare } from "lucide-react";
import { useId } from "react";
import { useNavigate } from "react-router";
import { messageOf } from "@/api/failure";
import { MakePicture } from "@/features/chat/make-picture";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { copyText } from "@/ui/clipboard";
import { Markdown } from "@/ui/markdown";
import { Skeleton } from "@/ui/skeleton";
import { toast } from "@/ui/toast";
import type { Answer, AnswerStatus } from "./answers";
import { conversationOf } from "./continue";
import { factsOf } from "./facts";
import { useRun } from "./run";

const STATUS: Record<AnswerStatus, { label: string; tone: Tone }> = {
  waiting: { label: "Asked", tone: "neutral" },
  writing: { label: "Writing", tone: "accent" },
  done: { label: "Done", tone: "good" },
  failed: { label: "Failed", tone: "bad" },
  stopped: { label: "Stopped", tone: "warn" },
};

interface ColumnProps {
  answer: Answer;
  source: string | null;
  isFastest: boolean;
}

/** What one of them says. */
export function Column({ answer, source, isFastest }: ColumnProps) {
  const { status, text, error, cut, model } = answer;
  const id = useId();
  const { label, tone } = STATUS[status];
  return (
    <li className="min-w-0 snap-start">
      <article
        aria-labelledby={id}
        aria-busy={status === "waiting" || status === "writing"}
        className="flex h-full flex-col gap-2 rounded-lg border border-line bg-raised p-4"
      >
        <header className="flex flex-wrap items-center gap-2">
          <h2 id={id} className="min-w-0 break-words font-semibold">
            {model || "Its usual model"}
          </h2>
          {source && <span className="text-soft text-sm">{source}</span>}
          <span className="ml-auto flex gap-1.5">
            {isFastest && <Badge tone="accent">Fastest</Badge>}
            <Badge tone={tone}>{label}</Badge>
          </span>
          <p className="w-full text-soft text-xs tabular-nums empty:hidden">{factsOf(answer)}</p>
        </header>
        {status === "waiting" && <Skeleton className="h-16" />}
        {text !== "" && (
          <div className="text-sm">
            <Markdown text={text} />
          </div>
        )}
        {status === "done" && text === "" && <p className="text-soft text-sm">It answered nothing.</p>}
        {cut && <p className="text-sm text-warn">{cut}</p>}
        {error && <p className="wrap-anywhere rounded-md border border-bad px-3 py-2 text-bad text-sm">{error}</p>}
        {text !== "" && status !== "writing" && <Actions answer={answer} name={model} />}
      </article>
    </li>
  );
}

function Actions({ answer, name }: { answer: Answer; name: string }) {
  const navigate = useNavigate();
  const { prompt, systemPrompt } = useRun();
  const going = useMutation({
    mutationFn: () => conversationOf(prompt, systemPrompt, answer),
    onSuccess: (id) => navigate(`/chat/${id}`),
    onError: (failure) => toast({ kind: "error", message: `No conversation was made. ${messageOf(failure)}` }),
  });
  return (
    <footer className="mt-auto flex flex-wrap gap-2 pt-2">
      <Button onClick={() => void copyText(answer.text, "Answer")} aria-label={`Copy the answer of ${name}`}>
        <Copy size={16} aria-hidden />
        Copy
      </Button>
      <Button
        busy={going.isPending}
        onClick={() => going.mutate()}
        aria-label={`Continue with this answer of ${name}, as a conversation`}
      >
        <MessageSquare size={16} aria-hidden />
        Continue with this
      </Button>
      <MakePicture text={answer.text} look="plain" />
    </footer>
  );
}
