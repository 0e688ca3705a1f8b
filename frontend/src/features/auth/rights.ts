import type { Me } from "@/api/types";

/** What a person may do here (docs/api.md, "Who may do what"). */
export type Right = "write" | "manage";

type Role = NonNullable<Me["workspace_role"]>;

const ROLES: Record<Right, ReadonlySet<Role>> = {
  write: new Set<Role>(["member", "admin", "owner"]),
  manage: new Set<Role>(["admin", "owner"]),
};

/** Nobody may anything while it is not known who acts, or outside of every workspace. */
export const may = (me: Pick<Me, "workspace_role"> | undefined, right: Right): boolean =>
  me?.workspace_role != null && ROLES[right].has(me.workspace_role);
