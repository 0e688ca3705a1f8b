import { useQuery } from "@tanstack/react-query";
import { Bell } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import { PopoverPanel } from "@/ui/popover-panel";
import { NotificationPanel } from "./panel";
import { unreadOptions } from "./queries";

const MOST_COUNTED = 99;

/** What the server has to say to this person. */
export function NotificationBell() {
  const [open, setOpen] = useState(false);
  const { data: unread = 0 } = useQuery(unreadOptions);
  const told = unread === 0 ? "Notifications" : `Notifications, ${unread.toLocaleString()} unread`;
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        aria-label={told}
        title={told}
        className="relative inline-flex min-h-9 min-w-9 items-center justify-center rounded-md px-2 hover:bg-hover"
      >
        <Bell size={18} aria-hidden />
        {unread > 0 && (
          <span
            aria-hidden
            className="absolute top-0 right-0 min-w-4 rounded-full bg-accent px-1 text-center font-semibold text-[0.65rem] text-on-accent leading-4"
          >
            {unread > MOST_COUNTED ? `${MOST_COUNTED}+` : unread}
          </span>
        )}
      </Popover.Trigger>
      <span aria-live="polite" className="sr-only">
        {unread > 0 && `${unread.toLocaleString()} unread ${unread === 1 ? "notification" : "notifications"}`}
      </span>
      <PopoverPanel label="Notifications" className="flex max-h-[min(80dvh,36rem)] w-96 flex-col text-sm">
        <NotificationPanel unread={unread} onLeave={() => setOpen(false)} />
      </PopoverPanel>
    </Popover.Root>
  );
}
