import { forgetEverything, startOver } from "@/api/access";
import { api, body } from "@/api/client";

/** Ends this login. What this page knows goes with it, for another person may come next. */
export async function signOut(path = "/login"): Promise<void> {
  await body(api.POST("/api/auth/logout"));
  forgetEverything();
  await startOver(path);
}

/** Ends every login of this account, on every machine; API keys stay. */
export async function signOutEverywhere(): Promise<void> {
  await body(api.POST("/api/auth/logout-everywhere", { body: { api_keys: false } }));
  forgetEverything();
  await startOver("/login");
}
