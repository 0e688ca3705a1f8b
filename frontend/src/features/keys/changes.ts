import { api, body, read } from "@/api/client";
import type { Answers } from "@/features/auth/entrance";
import { meOptions } from "@/features/auth/me";
import { useChange } from "@/ui/change";
import { toast } from "@/ui/toast";
import type { ApiKey, Login, NewApiKey } from "./queries";
import { inputOf } from "./scopes";

const keys = [["keys"]];
const of = ({ id }: ApiKey) => ({ params: { path: { key_id: id } } });
const tell = (message: string) => toast({ kind: "info", message });

export const useCreate = (onDone: (made: NewApiKey) => void) =>
  useChange({
    ask: (answers: Answers) => read(api.POST("/api/auth/api-keys", { body: inputOf(answers) })),
    stale: keys,
    onDone,
  });

export const useRename = (key: ApiKey, onDone: () => void) =>
  useChange({
    ask: ({ name = "" }: Answers) => read(api.PATCH("/api/auth/api-keys/{key_id}", { ...of(key), body: { name } })),
    stale: keys,
    onDone: ({ name }) => {
      tell(`“${name}” is saved.`);
      onDone();
    },
  });

export const useRevoke = (key: ApiKey, onDone: () => void) =>
  useChange({
    ask: () => body(api.DELETE("/api/auth/api-keys/{key_id}", of(key))),
    stale: keys,
    onDone: () => {
      tell(`“${key.name}” opens nothing any more.`);
      onDone();
    },
  });

export const useEndLogin = (login: Login) =>
  useChange({
    ask: () => body(api.DELETE("/api/auth/sessions/{login_id}", { params: { path: { login_id: login.id } } })),
    stale: [["logins"]],
    refusal: "That browser is still signed in.",
    onDone: () => tell("That browser is signed out."),
  });

export const useSaveMe = () =>
  useChange({
    ask: ({ name = "", default_workspace_id = "" }: Answers) =>
      read(api.PATCH("/api/auth/me", { body: { name, default_workspace_id: default_workspace_id || null } })),
    stale: [meOptions.queryKey, ["members"], ["users"]],
    onDone: () => tell("Your account is saved."),
  });
