import { queryOptions } from "@tanstack/react-query";
import { api, body } from "@/api/client";
import type { components } from "@/api/schema";

export type Setting = components["schemas"]["SettingOut"];
export type ConnectionStatus = components["schemas"]["ConnectionStatus"];

/** What the workspace has set for its providers, and which of them the server's environment serves. */
export const settingsOptions = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => body(api.GET("/api/settings", { signal })),
});
