import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Command } from "cmdk";
import { History, ImagePlus, Plus } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { Session } from "@/api/types";
import { useIsViewer } from "@/features/auth/me";
import { changeDraft, draftOf, NO_SESSION } from "@/features/generations/drafts";
import { forgetLastSession, lastSession } from "@/features/generations/form/open-session";
import { sessionsOptions } from "@/features/sessions/queries";
import { Button, type ButtonProps, IconButton } from "@/ui/button";
import { Failed } from "@/ui/notice";
import { PopoverPanel } from "@/ui/popover-panel";
import { RelativeTime } from "@/ui/relative-time";
import { matching } from "@/ui/search";
import { SkeletonList } from "@/ui/skeleton";
import { toast } from "@/ui/toast";

const LABEL = "Make a picture of this";
const MOST_SHOWN = 100;
const LONGEST = 10_000;

interface MakePictureProps {
  text: string;
  look?: NonNullable<ButtonProps["look"]>;
  /** With its words beside the icon. */
  isNamed?: boolean;
  disabled?: boolean;
}

/** Hands a text to a session as its prompt, to be looked over there before it is generated. */
export function MakePicture({ text, look = "quiet", isNamed = false, disabled = false }: MakePictureProps) {
  const [isOpen, setOpen] = useState(false);
  const isViewer = useIsViewer();
  const hand = useHandOver(text);
  if (isViewer || text.trim() === "") return null;
  const icon = <ImagePlus size={16} aria-hidden />;
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        {isNamed ? (
          <Button look={look} disabled={disabled}>
            {icon}
            {LABEL}
          </Button>
        ) : (
          <IconButton label={LABEL} look={look} disabled={disabled}>
            {icon}
          </IconButton>
        )}
      </Popover.Trigger>
      <PopoverPanel label={LABEL} className="w-80">
        <Where onChoose={hand} />
      </PopoverPanel>
    </Popover.Root>
  );
}

/** Fills the form of that session, or of a new one, and goes there; what stood there is a click away. */
function useHandOver(text: string) {
  const navigate = useNavigate();
  return (session: Session | null) => {
    const key = session?.id ?? NO_SESSION;
    const before = draftOf(key).promptText;
    const promptText = text.trim().slice(0, LONGEST);
    changeDraft(key, { promptText });
    if (session === null) forgetLastSession();
    navigate(session === null ? "/comfyui" : `/comfyui/${session.id}`);
    const what = text.trim().length > LONGEST ? `The first ${LONGEST.toLocaleString("en")} letters are` : "The text is";
    const where = session === null ? "a new session" : `“${session.title}”`;
    const undo = { label: "Undo", run: () => changeDraft(key, { promptText: before }) };
    toast({
      kind: "info",
      message: `${what} the prompt of ${where} now. Look it over, then generate.`,
      ...(before?.trim() && before !== promptText ? { action: undo } : {}),
    });
  };
}

const ROW = "flex min-h-9 cursor-pointer items-center gap-2 rounded px-2 py-1 text-sm data-[selected=true]:bg-hover";

/** A new session, the last one, and all others. */
function Where({ onChoose }: { onChoose: (session: Session | null) => void }) {
  const { data: sessions, error, refetch } = useQuery(sessionsOptions);
  const [sought, setSought] = useState("");
  if (!sessions && error) {
    return <Failed what="The sessions could not be read" error={error} onRetry={() => void refetch()} />;
  }
  if (!sessions) return <SkeletonList rows={3} className="m-2 h-9" />;
  const found = matching(lastFirst(sessions), sought, ({ title }) => title).slice(0, MOST_SHOWN);
  return (
    <Command label="Sessions" shouldFilter={false} defaultValue={found[0]?.id ?? NO_SESSION}>
      <Command.Input
        value={sought}
        onValueChange={setSought}
        placeholder="Search the sessions"
        className={clsx(
          "w-full border-line border-b bg-transparent px-3 py-2 text-sm outline-none placeholder:text-soft",
          sessions.length < 5 && "sr-only",
        )}
      />
      <Command.List label="Sessions" className="max-h-72 overflow-y-auto p-1">
        <Command.Item value={NO_SESSION} onSelect={() => onChoose(null)} className={ROW}>
          <Plus size={16} aria-hidden className="shrink-0 text-soft" />
          In a new session
        </Command.Item>
        {found.map((session) => (
          <SessionItem key={session.id} session={session} onChoose={onChoose} />
        ))}
      </Command.List>
    </Command>
  );
}

interface SessionItemProps {
  session: Session;
  onChoose: (session: Session) => void;
}

function SessionItem({ session, onChoose }: SessionItemProps) {
  const isLast = session.id === lastSession();
  return (
    <Command.Item value={session.id} onSelect={() => onChoose(session)} className={ROW}>
      <History size={16} aria-hidden className={clsx("shrink-0 text-soft", !isLast && "invisible")} />
      <span className="min-w-0 flex-1 truncate">{session.title}</span>
      <span className="shrink-0 text-soft text-xs">
        {isLast ? "last used" : <RelativeTime at={session.updated_at} />}
      </span>
    </Command.Item>
  );
}

/** The one this browser has shown last, then the most recently active. */
function lastFirst(sessions: readonly Session[]): readonly Session[] {
  const last = sessions.find(({ id }) => id === lastSession());
  return last ? [last, ...sessions.filter((session) => session !== last)] : sessions;
}
