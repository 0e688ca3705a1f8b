import type { components } from "@/api/schema";
import type { Answers } from "@/features/auth/entrance";
import type { User, UserRole } from "./queries";

type WorkspaceRole = components["schemas"]["WorkspaceRole"];
type UserPatch = components["schemas"]["UserPatch"];

const roleOf = (answer: string | undefined): UserRole => (answer === "admin" ? "admin" : "member");
const WORKSPACE_ROLES: readonly WorkspaceRole[] = ["viewer", "member", "admin", "owner"];

/** What the form of a new user says; without a workspace they get one of their own. */
export function inputOf({ email = "", name = "", password = "", ...rest }: Answers) {
  const { role, workspace_id = "", workspace_role } = rest;
  return {
    email,
    name,
    role: roleOf(role),
    ...(password === "" ? {} : { password }),
    ...(workspace_id === ""
      ? {}
      : { workspace_id, workspace_role: WORKSPACE_ROLES.find((one) => one === workspace_role) ?? "member" }),
  };
}

/** Only what differs. */
export function patchOf(user: User, { email = "", name = "", role }: Answers): UserPatch {
  return {
    ...(email === user.email ? {} : { email }),
    ...(name === user.name ? {} : { name }),
    ...(roleOf(role) === user.role ? {} : { role: roleOf(role) }),
  };
}
