import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import type { components } from "@/api/schema";

export type Workspace = components["schemas"]["WorkspaceOut"];
export type WorkspaceRole = components["schemas"]["WorkspaceRole"];
export type Member = components["schemas"]["MemberOut"];
export type Invitation = components["schemas"]["InvitationOut"];
export type NewInvitation = components["schemas"]["InvitationMade"];

export const of = (workspaceId: string) => ({ params: { path: { workspace_id: workspaceId } } });

/** Those that somebody is a member of, by name. */
export const workspacesOptions = queryOptions({
  queryKey: ["workspaces"],
  queryFn: ({ signal }) => read(api.GET("/api/workspaces", { signal })),
});

/** Who joined first stands first. */
export const membersOptions = (workspaceId: string) =>
  queryOptions({
    queryKey: ["members", workspaceId],
    queryFn: ({ signal }) => read(api.GET("/api/workspaces/{workspace_id}/members", { ...of(workspaceId), signal })),
  });

/** The newest first, also those that are no longer open; for those who manage the workspace. */
export const invitationsOptions = (workspaceId: string) =>
  queryOptions({
    queryKey: ["invitations", workspaceId],
    queryFn: ({ signal }) =>
      read(api.GET("/api/workspaces/{workspace_id}/invitations", { ...of(workspaceId), signal })),
  });
