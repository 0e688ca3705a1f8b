import { Image, ListTodo, type LucideIcon, MessageSquare, Plug, Workflow } from "lucide-react";
import { Link } from "react-router";
import { useMay } from "@/features/auth/me";
import type { Right } from "@/features/auth/rights";

interface Action {
  label: string;
  to: string;
  Icon: LucideIcon;
  right: Right;
}

const ACTIONS: readonly Action[] = [
  { label: "New chat", to: "/chat", Icon: MessageSquare, right: "write" },
  { label: "New picture", to: "/comfyui", Icon: Image, right: "write" },
  { label: "New task", to: "/tasks?new=1", Icon: ListTodo, right: "write" },
  { label: "Import a workflow", to: "/workflows?import=1", Icon: Workflow, right: "write" },
  { label: "Add a provider", to: "/profiles?new=1", Icon: Plug, right: "manage" },
];

/** The ways that most days begin with; nothing for those who only look. */
export function QuickActions() {
  const may: Record<Right, boolean> = { write: useMay("write"), manage: useMay("manage") };
  const allowed = ACTIONS.filter(({ right }) => may[right]);
  if (allowed.length === 0) return null;
  return (
    <nav aria-label="Quick actions">
      <ul className="flex flex-wrap gap-2">
        {allowed.map(({ label, to, Icon }) => (
          <li key={to}>
            <Link
              to={to}
              className="inline-flex min-h-9 items-center gap-2 rounded-md border border-control bg-raised px-3 py-1.5 font-medium text-sm hover:bg-hover"
            >
              <Icon size={16} aria-hidden />
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
