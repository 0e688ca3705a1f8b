import { useState } from "react";
import type { ConversationWithMessages, Message } from "@/api/types";
import { useIsViewer } from "@/features/auth/me";
import { ModelPicker } from "@/features/models/model-picker";
import { useParam } from "@/ui/param";
import { useAnswerer } from "./answerer";
import { Composer } from "./composer";
import { NEW } from "./drafts";
import { useGivenPrompt } from "./given-prompt";
import { useOpened } from "./open-conversation";
import { useSending } from "./sending";
import { ConversationSettings } from "./settings-dialog";
import { stopShown } from "./stopping";
import { Thread } from "./thread";
import { Toolbar } from "./toolbar";
import { WithoutThread } from "./without-thread";

interface ChatProps {
  conversationId: string | null;
  /** Null where the list stands beside it. */
  onList: (() => void) | null;
  onDelete: (conversation: ConversationWithMessages) => void;
}

/** One conversation, or the beginning of a new one. */
export function Chat({ conversationId, onList, onDelete }: ChatProps) {
  const isViewer = useIsViewer();
  const opened = useOpened(conversationId);
  const { conversation } = opened;
  const [wantedId, setWanted] = useParam("message");
  const [from, setFrom] = useState<Message | null>(null);
  const [hasSettings, setHasSettings] = useState(false);
  const answerer = useAnswerer(conversation);
  const continued = from?.conversation_id === conversationId ? from : null;
  const last = conversation?.messages.at(-1);
  const { send, asked } = useSending(conversationId, {
    chosenId: continued?.id ?? null,
    endId: last?.id ?? null,
  });
  useGivenPrompt();

  const onSend = async () => {
    setWanted("");
    if (await send(answerer.choice)) setFrom((now) => (now === from ? null : now));
  };
  const isWritable = !isViewer && (opened.isNew || conversation !== null);
  const isAnswering = last?.status === "streaming" && continued === null;
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <Toolbar
        key={`toolbar ${conversationId}`}
        conversation={conversation}
        isNew={opened.isNew}
        isReading={opened.isReading}
        isFixed={isViewer}
        picker={<ModelPicker value={answerer.choice} onChange={answerer.choose} />}
        onList={onList}
        onSettings={() => setHasSettings(true)}
        onDelete={() => conversation && onDelete(conversation)}
      />
      {conversation ? (
        <Thread
          key={`thread ${conversation.id}`}
          conversation={conversation}
          wantedId={wantedId || null}
          asked={asked}
          isFixed={isViewer}
          onContinue={setFrom}
        />
      ) : (
        <div className="min-h-0 flex-1 overflow-y-auto">
          <WithoutThread {...opened} />
        </div>
      )}
      {isWritable && (
        <Composer
          of={conversationId ?? NEW}
          hindrance={answerer.hindrance}
          blindness={answerer.blindness}
          place={continued && { text: `Goes on after: ${continued.content}`, onLeave: () => setFrom(null) }}
          onSend={onSend}
          onStop={isAnswering ? () => stopShown(last) : null}
        />
      )}
      {isViewer && conversation && (
        <p className="border-line border-t bg-raised px-3 py-2 text-soft text-sm">
          You may read everything in this workspace; its members ask.
        </p>
      )}
      <ConversationSettings
        conversation={conversation}
        provider={answerer.choice?.provider ?? null}
        open={hasSettings}
        onOpenChange={setHasSettings}
      />
    </div>
  );
}
