import { clsx } from "clsx";
import { useEffect } from "react";
import { Link, useLocation } from "react-router";
import { PROVIDERS } from "@/features/profiles/providers";
import { enterRoom } from "@/live/socket";
import { ProgressBar } from "@/ui/progress-bar";
import { RelativeTime } from "@/ui/relative-time";
import { useTaskNow } from "./live";
import { StatusBadge } from "./status-badge";
import { type Task, TYPES } from "./task";

/** Hears how far it is while it is at work and on screen. */
export function useTaskRoom(id: string, isRunning: boolean): void {
  useEffect(() => (isRunning ? enterRoom("task", id) : undefined), [id, isRunning]);
}

export function TaskRow({ task, isOpen }: { task: Task; isOpen: boolean }) {
  const { status, percent, message } = useTaskNow(task);
  const { search } = useLocation();
  const { Icon, label } = TYPES[task.type];
  useTaskRoom(task.id, status === "running");
  return (
    <li>
      <Link
        to={{ pathname: `/tasks/${task.id}`, search }}
        aria-current={isOpen || undefined}
        className={clsx(
          "flex items-start gap-3 border-l-3 px-3 py-2.5 text-sm -outline-offset-2 hover:bg-hover",
          isOpen ? "border-accent bg-hover" : "border-transparent",
        )}
      >
        <Icon size={18} aria-label={label} role="img" className="mt-0.5 shrink-0 text-soft" />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">{task.name}</span>
          <span className="line-clamp-2 wrap-anywhere text-soft text-xs">{told(task, status, message)}</span>
          {status === "running" && (
            <ProgressBar label={`Progress of ${task.name}`} percent={percent} className="mt-1" />
          )}
        </span>
        <span className="flex shrink-0 flex-col items-end gap-1">
          <StatusBadge status={status} />
          <span className="text-soft text-xs">
            <RelativeTime at={task.created_at} />
          </span>
        </span>
      </Link>
    </li>
  );
}

/** In one line: why it failed or waits, what it is at, else who does it. */
function told(task: Task, status: Task["status"], message: string | null): string {
  if (status === "failed") return task.error ?? "";
  if (status === "pending" && task.waiting_reason) return task.waiting_reason;
  if (status === "running" && message) return message;
  return [PROVIDERS[task.provider].label, task.model, task.prompt].filter(Boolean).join(" · ");
}
