import { create } from "zustand";
import { inTurn } from "./turns";
import type { AuthStatus, SignedIn } from "./types";

/** Who this page may speak for. The access token lives in memory only; the refresh token is a cookie no script sees. */
interface Access {
  mode: AuthStatus["mode"] | null;
  setupNeeded: boolean;
  token: string | null;
  expiresAt: number;
  /** Whose data this page shows; stays when a login has only run out. */
  userId: string | null;
  workspaceId: string | null;
}

export const useAccess = create<Access>(() => ({
  mode: null,
  setupNeeded: false,
  token: null,
  expiresAt: 0,
  userId: localStorage.getItem("user"),
  workspaceId: localStorage.getItem("workspace"),
}));

const RENEW_BEFORE_MS = 60_000;
const LOOKS = ["theme", "rail"];

export const isSignedIn = ({ mode, token }: Access) => mode === "local" || (mode === "required" && token !== null);

/** Where somebody else was here before, the page is loaded anew for the newcomer and this never returns. */
export async function keepSignedIn(signedIn: SignedIn, forNewcomer = "/"): Promise<void> {
  const { userId } = useAccess.getState();
  const newcomer = signedIn.user.id;
  if (userId !== null && userId !== newcomer) {
    if (localStorage.getItem("user") !== newcomer) forgetEverything();
    localStorage.setItem("user", newcomer);
    await startOver(forNewcomer);
  }
  localStorage.setItem("user", newcomer);
  useAccess.setState({
    token: signedIn.access_token,
    expiresAt: Date.parse(signedIn.expires_at),
    userId: newcomer,
    setupNeeded: false,
  });
}

/** What one person leaves in this browser is not for the next; only the look of the page stays, and `others`. */
export function forgetEverything(...others: string[]): void {
  const kept = new Set([...LOOKS, ...others]);
  for (const key of Object.keys(localStorage)) if (!kept.has(key)) localStorage.removeItem(key);
}

/** Loads the page anew, with an empty cache and a new socket; the promise is never kept. */
export function startOver(path: string): Promise<never> {
  history.replaceState(null, "", path);
  location.reload();
  return new Promise(() => undefined);
}

function forgetSignIn(): void {
  useAccess.setState({ token: null, expiresAt: 0 });
}

export function chooseWorkspace(workspaceId: string | null): void {
  if (workspaceId === null) localStorage.removeItem("workspace");
  else localStorage.setItem("workspace", workspaceId);
  useAccess.setState({ workspaceId });
}

export function accessHeaders(): Record<string, string> {
  const { mode, token, workspaceId } = useAccess.getState();
  if (mode !== "required" || token === null) return {};
  return { Authorization: `Bearer ${token}`, ...(workspaceId === null ? {} : { "X-Workspace": workspaceId }) };
}

/** A token that still holds for a while; null when nobody is signed in, or nobody has to be. */
export async function freshToken(): Promise<string | null> {
  const { mode, token, expiresAt } = useAccess.getState();
  if (mode !== "required" || token === null) return null;
  if (expiresAt - Date.now() < RENEW_BEFORE_MS) await renew(token).catch(() => false);
  return useAccess.getState().token;
}

/**
 * Trades the refresh cookie for a new token, unless that has happened since `stale` was read. The server takes each
 * cookie once (docs/api.md, "Signing in"), so the tabs of a browser take turns. False: nobody is signed in any more.
 */
export function renew(stale: string | null): Promise<boolean> {
  renewing ??= inTurn(() => renewOnce(stale)).finally(() => {
    renewing = null;
  });
  return renewing;
}

let renewing: Promise<boolean> | null = null;

async function renewOnce(stale: string | null): Promise<boolean> {
  if (useAccess.getState().token !== stale) return true;
  // A cookie whose successor is lost in a reload would count as stolen: keepalive brings it home all the same.
  const answer = await fetch("/api/auth/refresh", { method: "POST", keepalive: true });
  if (answer.ok) {
    await keepSignedIn(((await answer.json()) as { data: SignedIn }).data);
    return true;
  }
  if (answer.status !== 401 && answer.status !== 409) throw new Error("The login could not be renewed now.");
  forgetSignIn();
  return false;
}

/**
 * Asks the server once how one comes in, and picks up the login that the browser still has: where nobody was signed in,
 * or the last one signed out, it has none. Raises when the server is away.
 */
export async function openAccess(): Promise<void> {
  const answer = await fetch("/api/auth/status");
  if (!answer.ok) throw new Error("The server is not ready yet.");
  const status = ((await answer.json()) as { data: AuthStatus }).data;
  useAccess.setState({ mode: status.mode, setupNeeded: status.setup_needed });
  if (status.mode === "required" && localStorage.getItem("user") !== null) await renew(null);
}
