import { Check, CircleAlert, CircleCheck, CircleX, Info, Trash2 } from "lucide-react";
import { type MouseEvent, type ReactNode, useRef } from "react";
import { Link } from "react-router";
import { IconButton } from "@/ui/button";
import { RelativeTime } from "@/ui/relative-time";
import { useMarkRead, useRemove } from "./changes";
import type { KeptNotification } from "./queries";
import { placeOf } from "./subject";

const LOOKS: Record<KeptNotification["type"], { Icon: typeof Info; label: string; tone: string }> = {
  info: { Icon: Info, label: "For your information", tone: "text-soft" },
  success: { Icon: CircleCheck, label: "Done", tone: "text-good" },
  warning: { Icon: CircleAlert, label: "Warning", tone: "text-warn" },
  error: { Icon: CircleX, label: "Failed", tone: "text-bad" },
};

interface NotificationRowProps {
  notification: KeptNotification;
  mayWrite: boolean;
  onLeave: () => void;
  /** Where the focus goes when no row is left beside this one. */
  onGone: () => void;
}

export function NotificationRow({ notification, mayWrite, onLeave, onGone }: NotificationRowProps) {
  const { id, type, message, count, read_at, created_at } = notification;
  const { Icon, label, tone } = LOOKS[type];
  const row = useRef<HTMLLIElement>(null);
  const mark = useMarkRead();
  const remove = useRemove();
  const isUnread = read_at === null;
  const go = () => {
    if (isUnread && mayWrite) mark.mutate(id);
    onLeave();
  };
  const discard = (event: MouseEvent) => {
    const beside = row.current?.nextElementSibling ?? row.current?.previousElementSibling;
    const next = beside?.querySelector<HTMLElement>("[data-delete]");
    if (event.currentTarget === document.activeElement) next ? next.focus() : onGone();
    remove.mutate(id);
  };
  const read = () => {
    row.current?.querySelector<HTMLElement>("[data-delete]")?.focus();
    mark.mutate(id);
  };
  return (
    <li ref={row} className="flex items-start gap-2 px-3 py-2">
      <Icon size={18} role="img" aria-label={label} className={`mt-0.5 shrink-0 ${tone}`} />
      <div className="min-w-0 flex-1">
        <p className={`break-words ${isUnread ? "font-medium" : "text-soft"}`}>
          <Subject notification={notification} onGo={go}>
            {message}
          </Subject>
        </p>
        <p className="flex flex-wrap items-center gap-x-2 text-soft text-xs">
          <RelativeTime at={created_at} />
          {count > 1 && <span>{count} times</span>}
          {isUnread && <span className="font-medium text-accent">Unread</span>}
        </p>
      </div>
      {mayWrite && (
        <div className="flex shrink-0">
          {isUnread && (
            <IconButton label={`Mark as read: ${short(message)}`} busy={mark.isPending} onClick={read}>
              <Check size={16} aria-hidden />
            </IconButton>
          )}
          <IconButton
            data-delete
            label={`Delete: ${short(message)}`}
            disabled={remove.isPending || remove.isSuccess}
            onClick={discard}
          >
            <Trash2 size={16} aria-hidden />
          </IconButton>
        </div>
      )}
    </li>
  );
}

const LONGEST_NAME = 60;

const short = (message: string) => (message.length > LONGEST_NAME ? `${message.slice(0, LONGEST_NAME)}…` : message);

interface SubjectProps {
  notification: KeptNotification;
  onGo: () => void;
  children: ReactNode;
}

function Subject({ notification, onGo, children }: SubjectProps) {
  const place = placeOf(notification);
  if (place === null) return children;
  return (
    <Link to={place} onClick={onGo} className="hover:underline">
      {children}
    </Link>
  );
}
