import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import type { components } from "@/api/schema";

export type ApiKey = components["schemas"]["ApiKeyOut"];
export type NewApiKey = components["schemas"]["NewApiKeyOut"];
export type ApiKeyInput = components["schemas"]["ApiKeyInput"];
export type Login = components["schemas"]["LoginOut"];
export type Scope = components["schemas"]["Scope"];

/** One's own, the newest first, also those that have expired. */
export const keysOptions = queryOptions({
  queryKey: ["keys"],
  queryFn: ({ signal }) => read(api.GET("/api/auth/api-keys", { signal })),
});

/** The browsers that are signed in with one's account. */
export const loginsOptions = queryOptions({
  queryKey: ["logins"],
  queryFn: ({ signal }) => read(api.GET("/api/auth/sessions", { signal })),
});
