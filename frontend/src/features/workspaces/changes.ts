import { chooseWorkspace, startOver, useAccess } from "@/api/access";
import { api, body, read } from "@/api/client";
import { queryClient } from "@/api/queries";
import { atField } from "@/features/auth/at-field";
import type { Answers } from "@/features/auth/entrance";
import { useChange } from "@/ui/change";
import { toast } from "@/ui/toast";
import { invitationOf } from "./invitation";
import { type Member, membersOptions, type NewInvitation, of, type Workspace, type WorkspaceRole } from "./queries";

const stale = [["workspaces"], ["me"]];
const tell = (message: string) => toast({ kind: "info", message });

export const useCreate = (onDone: (created: Workspace) => void) =>
  useChange({
    ask: ({ name = "" }: Answers) => read(api.POST("/api/workspaces", { body: { name } })),
    stale,
    onDone,
  });

export const useRename = (workspace: Workspace, onDone: () => void) =>
  useChange({
    ask: ({ name = "" }: Answers) =>
      read(api.PATCH("/api/workspaces/{workspace_id}", { ...of(workspace.id), body: { name } })),
    stale,
    onDone: ({ name }) => {
      tell(`“${name}” is saved.`);
      onDone();
    },
  });

/** Everything on the page belongs to one workspace, so where that is the one that is gone, the page begins anew. */
function afterGoing(workspace: Workspace, isPresent: boolean, onDone: () => void) {
  onDone();
  if (!isPresent) return;
  if (useAccess.getState().workspaceId === workspace.id) chooseWorkspace(null);
  void startOver("/workspaces");
}

export const useLeave = (workspace: Workspace, isPresent: boolean, onDone: () => void) =>
  useChange({
    ask: () => body(api.POST("/api/workspaces/{workspace_id}/leave", of(workspace.id))),
    stale,
    onDone: () => {
      tell(`You have left “${workspace.name}”.`);
      afterGoing(workspace, isPresent, onDone);
    },
  });

export const useDelete = (workspace: Workspace, isPresent: boolean, onDone: () => void) =>
  useChange({
    ask: () => body(api.DELETE("/api/workspaces/{workspace_id}", of(workspace.id))),
    stale,
    onDone: () => {
      tell(`“${workspace.name}” is deleted.`);
      afterGoing(workspace, isPresent, onDone);
    },
  });

const ofMember = (workspaceId: string, member: Member) => ({
  params: { path: { workspace_id: workspaceId, user_id: member.user_id } },
});

export const useChangeRole = (workspaceId: string, member: Member) =>
  useChange({
    ask: (role: WorkspaceRole) =>
      read(
        api.PATCH("/api/workspaces/{workspace_id}/members/{user_id}", {
          ...ofMember(workspaceId, member),
          body: { role },
        }),
      ),
    stale: [["members"], ...stale],
    refusal: `The role of ${member.name} stays.`,
    onDone: (changed) => {
      queryClient.setQueryData(membersOptions(workspaceId).queryKey, (members) =>
        members?.map((one) => (one.user_id === changed.user_id ? changed : one)),
      );
      tell(`${changed.name} is ${changed.role} now.`);
    },
  });

export const useRemove = (workspaceId: string, member: Member, onDone: () => void) =>
  useChange({
    ask: () => body(api.DELETE("/api/workspaces/{workspace_id}/members/{user_id}", ofMember(workspaceId, member))),
    stale: [["members"], ...stale],
    onDone: () => {
      tell(`${member.name} is no member any more.`);
      onDone();
    },
  });

export const useInvite = (workspaceId: string, onDone: (made: NewInvitation) => void) =>
  useChange({
    ask: (answers: Answers) =>
      read(
        api.POST("/api/workspaces/{workspace_id}/invitations", { ...of(workspaceId), body: invitationOf(answers) }),
      ).catch(atField({ FORBIDDEN: "role" })),
    stale: [["invitations"]],
    onDone,
  });

export const useRevoke = (workspaceId: string) =>
  useChange({
    ask: (invitationId: string) =>
      body(
        api.DELETE("/api/workspaces/{workspace_id}/invitations/{invitation_id}", {
          params: { path: { workspace_id: workspaceId, invitation_id: invitationId } },
        }),
      ),
    stale: [["invitations"]],
    refusal: "The invitation was not revoked.",
    onDone: () => tell("The invitation is revoked: its link opens nothing any more."),
  });
