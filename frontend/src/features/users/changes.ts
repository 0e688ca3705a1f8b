import { api, body, read } from "@/api/client";
import { atField } from "@/features/auth/at-field";
import type { Answers } from "@/features/auth/entrance";
import { useChange } from "@/ui/change";
import { toast } from "@/ui/toast";
import { inputOf, patchOf } from "./form";
import type { User } from "./queries";

const stale = [["users"], ["me"]];
const of = (user: User) => ({ params: { path: { user_id: user.id } } });
const told = atField({ EMAIL_TAKEN: "email", LAST_ADMIN: "role", LOCAL_OWNER: "role" });
const tell = (message: string) => toast({ kind: "info", message });

export const useCreate = (onDone: () => void) =>
  useChange({
    ask: (answers: Answers) => read(api.POST("/api/users", { body: inputOf(answers) })).catch(told),
    stale,
    onDone: ({ name, has_password }) => {
      tell(has_password ? `${name} can sign in now.` : `${name} has an account, and needs a password to sign in.`);
      onDone();
    },
  });

export const useEdit = (user: User, onDone: () => void) =>
  useChange({
    ask: (answers: Answers) =>
      read(api.PATCH("/api/users/{user_id}", { ...of(user), body: patchOf(user, answers) })).catch(told),
    stale,
    onDone: ({ name }) => {
      tell(`${name} is saved.`);
      onDone();
    },
  });

export const useSetPassword = (user: User, onDone: () => void) =>
  useChange({
    ask: ({ password = "" }: Answers) =>
      body(api.POST("/api/users/{user_id}/password", { ...of(user), body: { password } })),
    stale,
    onDone: () => {
      tell(`${user.name} signs in with the new password from now on.`);
      onDone();
    },
  });

export const useEndLogins = (user: User, onDone: () => void) =>
  useChange({
    ask: () => body(api.POST("/api/users/{user_id}/logout", of(user))),
    stale,
    onDone: () => {
      tell(`${user.name} is signed out everywhere.`);
      onDone();
    },
  });

export const useDeactivate = (user: User, onDone: () => void) =>
  useChange({
    ask: () => body(api.DELETE("/api/users/{user_id}", of(user))),
    stale,
    onDone: () => {
      tell(`${user.name} cannot sign in any more.`);
      onDone();
    },
  });

export const useActivate = (user: User) =>
  useChange({
    ask: () => read(api.PATCH("/api/users/{user_id}", { ...of(user), body: { active: true } })),
    stale,
    refusal: `${user.name} is still deactivated.`,
    onDone: () => tell(`${user.name} can sign in again.`),
  });
