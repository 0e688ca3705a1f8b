import { MessageSquare } from "lucide-react";
import { Link } from "react-router";
import { useIsViewer } from "@/features/auth/me";
import { AskForm } from "@/features/chat-compare/ask-form";
import { Columns } from "@/features/chat-compare/columns";
import { Empty } from "@/ui/notice";
import { Page } from "@/ui/page";

export default function ChatComparePage() {
  const isViewer = useIsViewer();
  const back = (
    <Link to="/chat" className="inline-flex min-h-9 items-center gap-2 text-accent text-sm underline">
      <MessageSquare size={16} aria-hidden />
      To the conversations
    </Link>
  );
  return (
    <Page title="Side by side" aside="One prompt, several models." actions={back} wide>
      {isViewer ? (
        <Empty title="You may look, not ask" sentence="Asking models is for members of the workspace." />
      ) : (
        <>
          <AskForm />
          <Columns />
        </>
      )}
    </Page>
  );
}
