import { type Connection, useConnection } from "@/live/connection";

const SHOWN: Record<Connection, { label: string; title: string; dot: string }> = {
  connecting: { label: "Connecting", title: "Connecting to the server.", dot: "bg-warn motion-safe:animate-pulse" },
  live: { label: "Live", title: "What happens is shown at once.", dot: "bg-good" },
  polling: {
    label: "Delayed",
    title: "Live events do not get through; the page asks every two seconds.",
    dot: "bg-warn",
  },
  away: { label: "Server away", title: "The server does not answer; the page tries again by itself.", dot: "bg-bad" },
};

/** Whether the page hears of what happens. */
export function ConnectionIndicator() {
  const { label, title, dot } = SHOWN[useConnection((now) => now.connection)];
  return (
    <span role="status" title={title} className="inline-flex items-center gap-2 text-sm">
      <span aria-hidden className={`size-2.5 rounded-full ${dot}`} />
      {label}
    </span>
  );
}
