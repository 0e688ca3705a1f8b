import { clsx } from "clsx";
import { Link } from "react-router";
import { Badge } from "@/ui/badge";
import type { Workspace } from "./queries";
import { ROLES } from "./roles";

interface WorkspaceListProps {
  workspaces: readonly Workspace[];
  shownId: string | undefined;
  presentId: string | null;
}

/** All that somebody is a member of; the one that is shown beside is marked. */
export function WorkspaceList({ workspaces, shownId, presentId }: WorkspaceListProps) {
  return (
    <nav aria-label="Workspaces">
      <ul className="flex flex-col gap-1">
        {workspaces.map(({ id, name, role, member_count }) => (
          <li key={id}>
            <Link
              to={`?workspace=${id}`}
              aria-current={id === shownId || undefined}
              className={clsx(
                "block rounded-md border-l-3 px-3 py-2",
                id === shownId ? "border-accent bg-hover" : "border-transparent hover:bg-hover",
              )}
            >
              <span className="flex flex-wrap items-center gap-2">
                <span className="min-w-0 break-words font-medium text-sm">{name}</span>
                {id === presentId && <Badge tone="accent">You are here</Badge>}
              </span>
              <span className="text-soft text-xs">
                {ROLES[role].label} · {member_count === 1 ? "1 member" : `${member_count} members`}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
