import type { WorkspaceRole } from "./queries";

export const ROLES: Readonly<Record<WorkspaceRole, { label: string; told: string }>> = {
  viewer: { label: "Viewer", told: "looks only" },
  member: { label: "Member", told: "makes things" },
  admin: { label: "Admin", told: "manages profiles and people" },
  owner: { label: "Owner", told: "decides about everything" },
};

const ORDER: readonly WorkspaceRole[] = ["viewer", "member", "admin", "owner"];

/** What somebody may give and take: owners all, admins only those below them (docs/api.md, "Workspaces"). */
export function givenBy(role: WorkspaceRole): readonly WorkspaceRole[] {
  if (role === "owner") return ORDER;
  return role === "admin" ? ["viewer", "member"] : [];
}

export const roleOf = (word: string | undefined): WorkspaceRole => ORDER.find((one) => one === word) ?? "member";
