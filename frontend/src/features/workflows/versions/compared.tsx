import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Workflow } from "@/api/types";
import { GraphView } from "@/features/graph/graph-view";
import { Field, Select } from "@/ui/field";
import { Failed } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";
import { marksOf } from "./marks-of-changes";
import { NodeChanges } from "./node-changes";
import { differenceOptions, type Version, versionOptions } from "./queries";
import type { Pair } from "./versions";

interface ComparedProps {
  workflow: Workflow;
  versions: readonly Version[];
  pair: Pair;
  onChoose: (change: Partial<Pair>) => void;
}

/** What differs between two versions: in words, and marked in the later graph. */
export function Compared({ workflow, versions, pair: { from, to }, onChoose }: ComparedProps) {
  const { data, error, refetch } = useQuery(differenceOptions(workflow.id, from, to));
  return (
    <section aria-label="Difference" className="flex min-w-0 flex-col gap-4">
      <div className="flex flex-wrap gap-3">
        <Choice label="From" value={from} versions={versions} onChange={(number) => onChoose({ from: number })} />
        <Choice label="To" value={to} versions={versions} onChange={(number) => onChoose({ to: number })} />
      </div>
      {!data && error && (
        <Failed what="The difference could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {!data && !error && <SkeletonList rows={3} className="h-12" />}
      {data && <NodeChanges changes={data} defaults={data.default_parameters} />}
      {data && <MarkedGraph workflowId={workflow.id} number={to} marked={data} />}
    </section>
  );
}

interface ChoiceProps {
  label: string;
  value: number;
  versions: readonly Version[];
  onChange: (number: number) => void;
}

function Choice({ label, value, versions, onChange }: ChoiceProps) {
  return (
    <Field label={label} className="w-44">
      {(told) => (
        <Select {...told} value={value} onChange={(event) => onChange(Number(event.target.value))}>
          {versions.map(({ number, is_current }) => (
            <option key={number} value={number}>
              Version {number}
              {is_current ? ", in use" : ""}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

interface MarkedGraphProps {
  workflowId: string;
  number: number;
  marked: Parameters<typeof marksOf>[0];
}

function MarkedGraph({ workflowId, number, marked }: MarkedGraphProps) {
  const { data } = useQuery(versionOptions(workflowId, number));
  const marks = useMemo(() => marksOf(marked), [marked]);
  if (!data) return null;
  return <GraphView workflow={data.workflow_json} original={data.original} marks={marks} className="h-[60dvh]" />;
}
