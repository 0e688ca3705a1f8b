import { useQuery } from "@tanstack/react-query";
import { ArrowLeftRight } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import type { components } from "@/api/schema";
import type { Generation } from "@/api/types";
import { nameOf } from "@/features/generations/cards/shown";
import { NodeChanges } from "@/features/workflows/versions/node-changes";
import { Button } from "@/ui/button";
import { Empty, Failed } from "@/ui/notice";
import { Part } from "@/ui/part";
import { RelativeTime } from "@/ui/relative-time";
import { SkeletonList } from "@/ui/skeleton";
import { Parameters } from "./parameters";
import { Pictures } from "./pictures";
import { PromptDiff } from "./prompt-diff";
import { comparisonOptions } from "./queries";

type Comparison = components["schemas"]["Comparison"];

/** Two generations, and all that they have not in common. */
export function Compared() {
  const [params, setParams] = useSearchParams();
  const [a = "", b = "", ...more] = (params.get("ids") ?? "").split(",").filter(Boolean);
  const isPair = a !== "" && b !== "" && a !== b && more.length === 0;
  const { data, error, refetch } = useQuery({ ...comparisonOptions(a, b), enabled: isPair });
  if (!isPair) {
    return (
      <Empty title="Choose two pictures" sentence="Select two in the library, and compare them there.">
        <Link to="/library" className="text-accent underline">
          To the library
        </Link>
      </Empty>
    );
  }
  if (error) return <Failed what="These cannot be compared" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={3} className="h-48" />;
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2 text-sm">
        <One letter="A" row={data.a} />
        <Button onClick={() => setParams({ ids: `${b},${a}` }, { replace: true })}>
          <ArrowLeftRight size={16} aria-hidden />
          Swap
        </Button>
        <One letter="B" row={data.b} />
      </div>
      <Pictures key={`${a} ${b}`} a={data.a} b={data.b} />
      <Differences of={data} />
    </>
  );
}

function One({ letter, row }: { letter: string; row: Generation }) {
  return (
    <p className="min-w-0 max-w-full">
      <span className="font-semibold">{letter}</span>{" "}
      <Link to={`/generations/${row.id}`} className="break-words rounded text-accent underline">
        {nameOf(row)}
      </Link>{" "}
      <span className="text-soft">
        <RelativeTime at={row.created_at} />
      </span>
    </p>
  );
}

function Differences({ of: { same_graph, parameters, prompts, nodes, environment } }: { of: Comparison }) {
  const hasNodes = nodes.added.length + nodes.removed.length + nodes.changed.length > 0;
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <Part title="Prompts">
        {prompts.prompt_text && <PromptDiff label="Prompt" change={prompts.prompt_text} />}
        {prompts.negative_prompt && <PromptDiff label="Negative prompt" change={prompts.negative_prompt} />}
        {!prompts.prompt_text && !prompts.negative_prompt && <Same />}
      </Part>
      <Part title="Parameters">{parameters.length > 0 ? <Parameters changes={parameters} /> : <Same />}</Part>
      <Part title="Graph">
        {same_graph && <p className="text-soft text-sm">Both ran exactly the same graph.</p>}
        {!same_graph && !hasNodes && <Same />}
        {hasNodes && <NodeChanges changes={nodes} />}
      </Part>
      {environment.length > 0 && (
        <Part title="Machines">
          <ul className="list-disc pl-5 text-sm">
            {environment.map(({ what, message }) => (
              <li key={what} className="break-words">
                {message}
              </li>
            ))}
          </ul>
        </Part>
      )}
    </div>
  );
}

const Same = () => <p className="text-soft text-sm">No difference.</p>;
