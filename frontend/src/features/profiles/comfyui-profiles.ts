import type { Profile } from "@/api/types";

/** The default first: what the server takes when no profile is named, the demo only where there is no other. */
export const comfyUIProfiles = (profiles: readonly Profile[]): Profile[] =>
  profiles
    .filter(({ provider }) => provider === "comfyui")
    .sort(
      (one, other) => Number(one.is_demo) - Number(other.is_demo) || one.created_at.localeCompare(other.created_at),
    );
