import { useQuery } from "@tanstack/react-query";
import { meOptions } from "@/features/auth/me";
import { Empty, Failed } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";
import { KeyRow } from "./key-row";
import { keysOptions } from "./queries";

/** The keys by which programs act as this person. */
export function KeyList() {
  const { data: me } = useQuery(meOptions);
  const { data: keys, error, refetch } = useQuery(keysOptions);
  if (!keys && error) return <Failed what="The keys could not be read" error={error} onRetry={() => void refetch()} />;
  if (!keys) return <SkeletonList rows={2} className="h-16" />;
  if (keys.length === 0)
    return <Empty title="No keys yet" sentence="Make one for each program that shall use this server in your name." />;
  const nameOf = (id: string | null) => me?.memberships.find(({ workspace_id }) => workspace_id === id)?.name;
  return (
    <ul aria-label="API keys" className="divide-y divide-line rounded-xl border border-line bg-raised">
      {keys.map((key) => (
        <KeyRow key={key.id} apiKey={key} workspace={nameOf(key.workspace_id)} />
      ))}
    </ul>
  );
}
