import { clsx } from "clsx";
import { CircleX, TriangleAlert } from "lucide-react";
import { ProblemRow } from "./problem-row";
import type { NodeProblems, Problem, SortedProblems } from "./problems";

export interface Mending {
  /** Sets another value where this problem is. */
  onSet: (problem: Problem, value: string) => void;
  /** All that may stand there, where more is known than the check tells. */
  choicesFor?: (problem: Problem) => readonly string[] | undefined;
}

interface ProblemListProps extends Partial<Mending> {
  problems: SortedProblems;
  more?: number;
}

const MOST_NODES = 50;

/** What is wrong, by node: first what cannot run, then what is worth a look. */
export function ProblemList({ problems, more = 0, ...mending }: ProblemListProps) {
  const { errors, warnings, errorCount, warningCount } = problems;
  return (
    <div className="flex flex-col gap-5">
      {errorCount > 0 && (
        <Part name="Cannot run like this" tone="text-bad" Icon={CircleX} nodes={errors} {...mending} />
      )}
      {warningCount > 0 && (
        <Part name="Worth a look" tone="text-warn" Icon={TriangleAlert} nodes={warnings} {...mending} />
      )}
      {more > 0 && <p className="text-soft text-sm">And {more} more. They show once some of these are mended.</p>}
    </div>
  );
}

interface PartProps extends Partial<Mending> {
  name: string;
  tone: string;
  Icon: typeof CircleX;
  nodes: readonly NodeProblems[];
}

function Part({ name, tone, Icon, nodes, ...mending }: PartProps) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className={clsx("flex items-center gap-2 font-semibold text-sm", tone)}>
        <Icon size={16} aria-hidden />
        {name}
      </h3>
      <ul className="flex flex-col gap-2">
        {nodes.slice(0, MOST_NODES).map((node) => (
          <li key={node.key} className="rounded-md border border-line px-3 py-2 text-sm">
            <p className="break-words">
              <span className="font-medium">{node.name}</span>{" "}
              {node.nodeId !== null && <span className="text-soft text-xs">{placeText(node)}</span>}
            </p>
            <ul className="mt-1 flex flex-col gap-2">
              {node.problems.map((problem, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the same may be said twice
                <ProblemRow key={`${problem.input} ${problem.code} ${place}`} problem={problem} {...mending} />
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {nodes.length > MOST_NODES && (
        <p className="text-soft text-sm">And {nodes.length - MOST_NODES} more nodes like these.</p>
      )}
    </section>
  );
}

const placeText = ({ classType, nodeId }: NodeProblems) => [classType, `node ${nodeId}`].filter(Boolean).join(", ");
