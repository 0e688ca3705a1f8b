import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import type { components } from "@/api/schema";
import { Dialog } from "@/ui/dialog";
import { Failed } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";

const detailsOptions = (profileId: string | null, name: string) =>
  queryOptions({
    queryKey: ["models", "details", profileId, name],
    queryFn: ({ signal }) => {
      const query = profileId === null ? {} : { profile_id: profileId };
      return read(api.GET("/api/models/{name}", { params: { path: { name }, query }, signal }));
    },
  });

interface ModelDetailsProps {
  profileId: string | null;
  name: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function ModelDetails({ profileId, name, open, onOpenChange }: ModelDetailsProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={name} description="As its Ollama describes it." wide>
      <Details profileId={profileId} name={name} />
    </Dialog>
  );
}

function Details({ profileId, name }: Pick<ModelDetailsProps, "profileId" | "name">) {
  const { data, error, refetch } = useQuery(detailsOptions(profileId, name));
  if (!data && error) return <Failed what="The model could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={4} />;
  return <Facts model={data} />;
}

function Facts({ model }: { model: components["schemas"]["ShownModel"] }) {
  const facts = [
    ["Can do", model.capabilities.join(", ")],
    ["Longest context", model.context_length?.toLocaleString()],
    ["Parameters", model.parameter_count?.toLocaleString()],
    ...Object.entries(model.details).map(([term, fact]) => [term.replaceAll("_", " "), textOf(fact)]),
  ];
  const texts = [
    ["System prompt", model.system],
    ["Settings of the model", model.parameters],
    ["Template", model.template],
    ["License", model.license],
  ] as const;
  return (
    <div className="flex flex-col gap-4 text-sm">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1">
        {facts.map(
          ([term, fact]) =>
            fact && (
              <div key={term} className="contents">
                <dt className="text-soft">{term}</dt>
                <dd className="break-words">{fact}</dd>
              </div>
            ),
        )}
      </dl>
      {texts.map(
        ([title, text]) =>
          text && (
            <details key={title}>
              <summary className="min-h-9 cursor-pointer content-center font-medium">{title}</summary>
              <pre className="max-h-72 overflow-auto whitespace-pre-wrap break-words rounded bg-sunken p-3 text-xs">
                {text}
              </pre>
            </details>
          ),
      )}
    </div>
  );
}

function textOf(fact: unknown): string {
  if (Array.isArray(fact)) return fact.map(textOf).join(", ");
  return typeof fact === "string" || typeof fact === "number" ? String(fact) : "";
}
