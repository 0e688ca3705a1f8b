import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import type { Workflow } from "@/api/types";
import { Failed } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";
import { Compared } from "./compared";
import { type Version, versionsOptions } from "./queries";
import { VersionRow } from "./version-row";

/** How the workflow came to be as it is, and the way back. */
export function Versions({ workflow }: { workflow: Workflow }) {
  const { data, error, refetch } = useQuery(versionsOptions(workflow.id));
  const [params, setParams] = useSearchParams();
  if (!data && error) {
    return <Failed what="The versions could not be read" error={error} onRetry={() => void refetch()} />;
  }
  if (!data) return <SkeletonList rows={3} className="h-12" />;
  const pair = pairOf(data, params);
  const choose = (change: Partial<typeof pair>) =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        for (const [name, number] of Object.entries({ ...pair, ...change })) next.set(name, String(number));
        return next;
      },
      { replace: true },
    );
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(16rem,24rem)_minmax(0,1fr)]">
      <ol
        aria-label="Versions"
        className="flex max-h-[70dvh] flex-col overflow-y-auto rounded-lg border border-line bg-raised"
      >
        {data.map((version) => (
          <VersionRow
            key={version.number}
            workflow={workflow}
            version={version}
            before={data.find(({ number }) => number < version.number)?.number ?? null}
            isShown={pair.to === version.number}
            onShow={(from, to) => choose({ from, to })}
          />
        ))}
      </ol>
      {data.length < 2 ? (
        <p className="text-soft text-sm">
          There is one version yet. Whoever changes the graph or its defaults makes another one, and this one stays.
        </p>
      ) : (
        <Compared workflow={workflow} versions={data} pair={pair} onChoose={choose} />
      )}
    </div>
  );
}

export interface Pair {
  from: number;
  to: number;
}

/** The two that are compared: as the address says, else the newest with the one before it. */
function pairOf(versions: readonly Version[], params: URLSearchParams): Pair {
  const numbers = versions.map(({ number }) => number);
  const asked = (name: string) => numbers.find((number) => String(number) === params.get(name));
  const to = asked("to") ?? numbers[0] ?? 1;
  return { from: asked("from") ?? numbers.find((number) => number < to) ?? to, to };
}
