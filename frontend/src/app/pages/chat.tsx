import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { Chat } from "@/features/chat/chat";
import { focusComposer } from "@/features/chat/composer";
import { deleteConversation } from "@/features/conversations/changes";
import { conversationOptions } from "@/features/conversations/queries";
import { ConversationSidebar } from "@/features/conversations/sidebar";
import { Dialog } from "@/ui/dialog";
import { useIsPhone } from "@/ui/phone";
import { usePageTitle } from "@/ui/title";

/** Conversations at the side, a sheet on a phone; beside them the one that is open. */
export default function ChatPage() {
  const { conversationId = null } = useParams<{ conversationId: string }>();
  const { data } = useQuery({ ...conversationOptions(conversationId ?? ""), enabled: conversationId !== null });
  const isPhone = useIsPhone();
  const navigate = useNavigate();
  const [hasList, setHasList] = useState(false);
  usePageTitle(data?.title ?? "Chat");

  const goTo = (id: string | null, messageId: string | null = null) => {
    setHasList(false);
    const search = new URLSearchParams(location.search);
    search.delete("message");
    if (messageId !== null) search.set("message", messageId);
    navigate(
      { pathname: id === null ? "/chat" : `/chat/${id}`, search: search.toString() },
      { state: { chosenAt: Date.now() } },
    );
  };
  const begin = () => {
    goTo(null);
    setTimeout(focusComposer);
  };
  const list = (
    <ConversationSidebar activeId={conversationId} onSelect={goTo} onNew={begin} onLeave={() => goTo(null)} />
  );
  return (
    <div className="flex h-full min-h-0">
      {!isPhone && <aside className="w-72 shrink-0 border-line border-r bg-raised">{list}</aside>}
      <Chat
        conversationId={conversationId}
        onList={isPhone ? () => setHasList(true) : null}
        onDelete={({ id, title }) => {
          begin();
          void deleteConversation(id, title);
        }}
      />
      <Dialog open={isPhone && hasList} onOpenChange={setHasList} title="Conversations">
        <div className="-mx-5 -my-4 h-[80dvh]">{list}</div>
      </Dialog>
    </div>
  );
}
