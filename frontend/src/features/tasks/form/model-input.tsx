import { queryOptions, useQuery } from "@tanstack/react-query";
import { type ComponentProps, useId } from "react";
import { api, body } from "@/api/client";
import { Input } from "@/ui/field";
import type { TaskType } from "../task";
import type { Source } from "./task-form";

const modelsOptions = ({ provider, profileId }: Source) =>
  queryOptions({
    queryKey: ["models", "for-tasks", provider, profileId],
    queryFn: async ({ signal }) => {
      const query = {
        ...(profileId === null ? {} : { profile_id: profileId }),
        ...(profileId !== null || provider === "auto" ? {} : { provider }),
      };
      return (await body(api.GET("/api/models", { params: { query }, signal }))).data;
    },
    enabled: provider !== "comfyui",
    retry: false,
  });

interface ModelInputProps extends Omit<ComponentProps<"input">, "value" | "onChange"> {
  type: TaskType;
  source: Source;
  value: string;
  onChange: (model: string) => void;
}

/** Any name; those that the source is known to have are offered. */
export function ModelInput({ type, source, value, onChange, ...rest }: ModelInputProps) {
  const list = useId();
  const { data = [] } = useQuery(modelsOptions(source));
  const able = data.filter(({ capabilities }) => capabilities.includes(type));
  const names = [...new Set(able.map(({ model_id }) => model_id))];
  return (
    <>
      <Input
        {...rest}
        list={list}
        value={value}
        maxLength={255}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={list}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
