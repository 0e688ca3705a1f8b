import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Provider } from "@/api/types";
import { useMay } from "@/features/auth/me";
import { Failed } from "@/ui/notice";
import { Panel } from "@/ui/panel";
import { SkeletonList } from "@/ui/skeleton";
import { ProviderCard } from "./provider-card";
import { settingsOptions } from "./queries";

const ASKED: readonly Provider[] = ["ollama", "openai", "claude", "gemini"];

/** What holds for a provider wherever no profile is named. */
export function ProviderSettings() {
  const { data, error, refetch } = useQuery(settingsOptions);
  const mayManage = useMay("manage");
  return (
    <Panel title="Providers">
      <p className="text-soft text-sm">
        What a call takes when it names a provider and no profile. ComfyUI, and several accounts of one provider, have{" "}
        <Link to="/profiles" className="text-accent underline">
          profiles
        </Link>
        .{!mayManage && " Admins of the workspace change these settings."}
      </p>
      {data ? (
        <ul className="grid gap-3 lg:grid-cols-2">
          {ASKED.map((provider) => (
            <ProviderCard
              key={provider}
              provider={provider}
              setting={data.data.find((row) => row.provider === provider) ?? null}
              isInEnvironment={data.environment.includes(provider)}
              mayManage={mayManage}
            />
          ))}
        </ul>
      ) : error ? (
        <Failed what="The settings could not be read" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonList rows={2} className="h-32" />
      )}
    </Panel>
  );
}
