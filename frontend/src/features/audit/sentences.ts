import type { Action, Entry } from "./queries";

type Details = Entry["details"];

const text = (details: Details, name: string): string => {
  const value = details[name];
  return value === undefined || value === null ? "" : String(value);
};

/** “Portraits”, or the word where no name was kept. */
const named = (details: Details, word: string) => {
  const name = text(details, "name");
  return name === "" ? word : `${word} “${name}”`;
};

const said = (words: string, word: string) => (details: Details) => `${words} the ${named(details, word)}`;

const keyOf = (whose: string) => (details: Details) =>
  details.removed === true ? `removed the API key of ${whose}` : `changed the API key of ${whose}`;

/** What somebody did; who did it stands before it. */
const DONE: Readonly<Record<Action, string | ((details: Details) => string)>> = {
  setup: "set up the server as its first admin",
  login: "signed in",
  login_failed: "could not sign in",
  logout: "signed out",
  logout_everywhere: "ended all logins of an account",
  refresh_reused: "used a login a second time, which was ended",
  login_revoked: "ended a login",
  password_changed: "changed the own password",
  password_set: "set a password",
  api_key_created: said("made", "API key"),
  api_key_changed: said("renamed", "API key"),
  api_key_revoked: said("revoked", "API key"),
  user_created: said("made", "user"),
  user_changed: said("changed", "user"),
  user_role_changed: "changed the role of a user on the server",
  user_deactivated: "deactivated a user",
  user_activated: "activated a user",
  key_rotated: "changed the encryption key of the server",
  workspace_created: said("made", "workspace"),
  workspace_changed: said("renamed", "workspace"),
  workspace_deleted: "deleted a workspace",
  member_added: "added a member",
  member_role_changed: "changed the role of a member",
  member_removed: "removed a member, or left",
  invitation_created: "made an invitation",
  invitation_revoked: "revoked an invitation",
  invitation_accepted: "accepted an invitation",
  profile_created: said("made", "profile"),
  profile_key_added: "added an API key to a profile",
  profile_key_changed: keyOf("a profile"),
  profile_key_removed: "removed an API key from a profile",
  profile_url_changed: "changed the address of a profile",
  profile_deleted: "deleted a profile",
  profile_restored: "brought a profile back",
  backend_created: said("added", "machine"),
  backend_key_changed: keyOf("a machine"),
  backend_url_changed: "changed the address of a machine",
  backend_deleted: said("removed", "machine"),
  model_pulled: said("downloaded", "model"),
  model_deleted: said("deleted", "model"),
  setting_changed: "changed the settings of a provider",
  setting_deleted: "deleted the settings of a provider",
  budget_changed: "set a budget",
  budget_deleted: "removed a budget",
  session_deleted: "deleted a session",
  session_restored: "brought a session back",
  workflow_deleted: "deleted a workflow",
  workflow_restored: "brought a workflow back",
  generation_deleted: "deleted a generation",
  generation_restored: "brought a generation back",
  batch_deleted: "deleted a batch",
  batch_restored: "brought a batch back",
  conversation_deleted: "deleted a conversation",
  conversation_restored: "brought a conversation back",
  project_deleted: "deleted a project",
  project_restored: "brought a project back",
  prompt_deleted: "deleted a prompt",
  prompt_restored: "brought a prompt back",
  preset_deleted: "deleted a preset",
  preset_restored: "brought a preset back",
  task_deleted: "deleted a task",
  task_restored: "brought a task back",
  result_deleted: "deleted a result",
  schedule_created: said("made", "schedule"),
  schedule_changed: said("changed", "schedule"),
  schedule_deleted: said("deleted", "schedule"),
  exported: "downloaded the workspace as an archive",
};

export const ACTIONS = Object.keys(DONE) as Action[];

const isKnown = (action: string): action is Action => Object.hasOwn(DONE, action);

/** "made the API key “n8n”"; an action that this page does not know yet is told by its own word. */
export function doneIn({ action, details }: Pick<Entry, "action" | "details">): string {
  if (!isKnown(action)) return action.replaceAll("_", " ");
  const done = DONE[action];
  return typeof done === "string" ? done : done(details);
}

/** "API key created": an action as one of the choices of a filter. */
export function choiceOf(action: Action): string {
  const words = action.replaceAll("_", " ").replace(/\bapi\b/, "API");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const changed = (before: string, after: string) => (before === "" || before === after ? after : `${before} → ${after}`);

/** What else is known, which the sentence does not say. */
export function factsOf({ details }: Pick<Entry, "details">): string[] {
  const of = (name: string) => text(details, name);
  const facts: [string, string][] = [
    ["role", changed(of("role_before"), of("role"))],
    ["may", of("scope")],
    ["provider", of("provider")],
    ["address", changed(of("origin_before"), of("origin"))],
    ["", of("usd") && `$${of("usd")} a month`],
    ["", of("rows") && `${of("rows")} rows`],
    ["", of("days") && `${of("days")} days`],
    ["because", of("reason")],
  ];
  return facts.filter(([, fact]) => fact !== "").map(([name, fact]) => `${name} ${fact}`.trim());
}
