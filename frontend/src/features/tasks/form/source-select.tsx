import { queryOptions, useQuery } from "@tanstack/react-query";
import type { ComponentProps } from "react";
import { api, read } from "@/api/client";
import { PROVIDERS } from "@/features/profiles/providers";
import { profilesOptions } from "@/features/profiles/queries";
import { Select } from "@/ui/field";
import type { TaskType } from "../task";
import { canMake, type Source } from "./task-form";

const sourcesOptions = queryOptions({
  queryKey: ["settings", "task-sources"],
  queryFn: ({ signal }) => read(api.GET("/api/chat/sources", { signal })),
});

interface SourceSelectProps extends Omit<ComponentProps<"select">, "value" | "onChange"> {
  type: TaskType;
  source: Source;
  /** Whether nobody in particular may be chosen. */
  withAuto?: boolean;
  onChange: (source: Source) => void;
}

/** Who is asked: only those who can make this at all. What is chosen stays listed, whatever it can. */
export function SourceSelect({ type, source, withAuto = false, onChange, ...rest }: SourceSelectProps) {
  const { data: profiles = [] } = useQuery(profilesOptions);
  const { data: sources = [] } = useQuery(sourcesOptions);
  const listed = profiles.filter(({ id, provider }) => canMake(provider, type) || id === source.profileId);
  const named = [...new Set(sources.filter(({ kind }) => kind !== "profile").map(({ provider }) => provider))];
  const byName = named.filter((provider) => canMake(provider, type));
  const isByName = source.profileId === null && source.provider !== "auto";
  if (isByName && source.provider !== "auto" && !byName.includes(source.provider)) byName.push(source.provider);
  const isGone = source.profileId !== null && !listed.some(({ id }) => id === source.profileId);
  const choose = (value: string) => {
    const profile = profiles.find(({ id }) => id === value);
    const provider = byName.find((name) => name === value);
    onChange(
      profile ? { provider: profile.provider, profileId: value } : { provider: provider ?? "auto", profileId: null },
    );
  };
  return (
    <Select {...rest} value={source.profileId ?? source.provider} onChange={(event) => choose(event.target.value)}>
      {withAuto && <option value="auto">Automatic: the first who can</option>}
      {!withAuto && source.provider === "auto" && <option value="auto">Choose who is asked</option>}
      {isGone && <option value={source.profileId ?? ""}>A profile that is gone</option>}
      {listed.length > 0 && (
        <optgroup label="Profiles">
          {listed.map(({ id, name, provider }) => (
            <option key={id} value={id}>
              {name} ({PROVIDERS[provider].label})
            </option>
          ))}
        </optgroup>
      )}
      {byName.length > 0 && (
        <optgroup label="By the provider’s name alone">
          {byName.map((provider) => (
            <option key={provider} value={provider}>
              {PROVIDERS[provider].label}
            </option>
          ))}
        </optgroup>
      )}
    </Select>
  );
}
