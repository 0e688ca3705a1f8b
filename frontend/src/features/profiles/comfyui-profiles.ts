import type { Profile } from "@/api/types";

/** The default first, as the server takes it when no profile is named: by position, then by age; the demo last. */
export const comfyUIProfiles = (profiles: readonly Profile[]): Profile[] =>
  profiles
    .filter(({ provider }) => provider === "comfyui")
    .sort(
      (one, other) =>
        Number(one.is_demo) - Number(other.is_demo) ||
        placeOf(one) - placeOf(other) ||
        one.created_at.localeCompare(other.created_at),
    );

/** None is the last one; not infinite, of which two have no difference. */
const placeOf = ({ position }: Profile) => position ?? Number.MAX_SAFE_INTEGER;
