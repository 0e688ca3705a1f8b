import type { Answers } from "@/features/auth/entrance";
import type { ApiKeyInput, Scope } from "./queries";

export const SCOPES: readonly { scope: Scope; label: string; told: string }[] = [
  { scope: "read", label: "Read", told: "looks at everything you see" },
  { scope: "write", label: "Read and write", told: "also makes, changes and deletes" },
  { scope: "admin", label: "Everything", told: "also profiles, people and your account" },
];

/** The widest of those that a key has: each includes those before it. */
export const widest = (scopes: readonly Scope[]) => SCOPES.findLast(({ scope }) => scopes.includes(scope)) ?? SCOPES[0];

const USUAL: Scope = "write";

/** What the form of a new key says. */
export function inputOf({ name = "", scope, days = "", workspace_id = "" }: Answers): ApiKeyInput {
  return {
    name,
    scopes: [SCOPES.find((one) => one.scope === scope)?.scope ?? USUAL],
    ...(days === "" ? {} : { expires_in_days: Number(days) }),
    ...(workspace_id === "" ? {} : { workspace_id }),
  };
}

/** A line for the terminal that works as it is; without a key where nobody signs in. */
export const curlLine = (origin: string, key: string | null): string =>
  key === null ? `curl ${origin}/api/auth/me` : `curl ${origin}/api/auth/me -H "Authorization: Bearer ${key}"`;

/** "Firefox on Windows", from what a browser says of itself; roughly, for people to recognise theirs. */
export function browserOf(userAgent: string | null): string {
  if (userAgent === null) return "Something without a name";
  const browser = BROWSERS.find(([word]) => userAgent.includes(word))?.[1];
  const system = SYSTEMS.find(([word]) => userAgent.includes(word))?.[1];
  if (!browser) return userAgent.slice(0, 80);
  return system ? `${browser} on ${system}` : browser;
}

const BROWSERS = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["HeadlessChrome/", "Chrome (headless)"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;

const SYSTEMS = [
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Windows", "Windows"],
  ["Mac OS X", "macOS"],
  ["Linux", "Linux"],
] as const;
