import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { useMay } from "@/features/auth/me";
import { profilesOptions } from "@/features/profiles/queries";
import { Empty, Failed } from "@/ui/notice";
import { useParam } from "@/ui/param";
import { matching, SearchField } from "@/ui/search";
import { SkeletonList } from "@/ui/skeleton";
import { groupsOf, type Model } from "./groups";
import { HostedGroup } from "./hosted-group";
import { OllamaGroup } from "./ollama-group";
import { everyModelOptions } from "./sources";

const REREAD_MS = 20_000;

/** The models of every profile. */
export function ModelGroups() {
  const { data: profiles } = useQuery(profilesOptions);
  const { data, error, refetch } = useQuery({ ...everyModelOptions, refetchInterval: REREAD_MS });
  const mayManage = useMay("manage");
  const [sought, setSought] = useParam("q");
  if (!data && error)
    return <Failed what="The models could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data || !profiles) return <SkeletonList rows={4} className="h-24" />;
  const groups = groupsOf(profiles, data.data, data.unavailable);
  if (groups.length === 0) return <NoProvider mayManage={mayManage} />;
  return (
    <>
      <SearchField
        label="Search models"
        placeholder="Search by name, family or size"
        value={sought}
        onChange={setSought}
        className="sm:max-w-sm"
      />
      <div className="flex flex-col gap-8">
        {groups.map((group) => {
          const shown = { ...group, models: matching(group.models, sought, textOf) };
          const common = { group: shown, count: group.models.length, mayManage };
          return group.provider === "ollama" ? (
            <OllamaGroup key={group.profileId} {...common} />
          ) : (
            <HostedGroup key={group.profileId} {...common} />
          );
        })}
      </div>
    </>
  );
}

const textOf = ({ model_id, name, family, parameter_size, quantization }: Model) =>
  [model_id, name, family, parameter_size, quantization].join(" ");

function NoProvider({ mayManage }: { mayManage: boolean }) {
  return (
    <Empty
      title="No language model is connected"
      sentence="Models come with a profile of Ollama, OpenAI, Claude or Gemini."
    >
      {mayManage && (
        <Link to="/profiles?new=1" className="text-accent underline">
          Add a provider
        </Link>
      )}
    </Empty>
  );
}
