import { Button } from "@/ui/button";
import { Combobox } from "@/ui/combobox";
import type { Mending } from "./problem-list";
import { insteadOf, type Problem, placeOf } from "./problems";

interface ProblemRowProps extends Partial<Mending> {
  problem: Problem;
}

/** One thing that is wrong, and what would do instead, a click away. */
export function ProblemRow({ problem, onSet, choicesFor }: ProblemRowProps) {
  const { near, others } = insteadOf(problem);
  const all = choicesFor?.(problem) ?? [...near, ...others];
  const canSet = onSet !== undefined && placeOf(problem) !== null && all.length > 0;
  const input = problem.input ?? "value";
  return (
    <li className="flex flex-col gap-1.5">
      <p className="wrap-anywhere">{problem.message}</p>
      {canSet && (
        <div className="flex flex-wrap items-center gap-2">
          {near.map((value) => (
            <Button key={value} onClick={() => onSet(problem, value)} className="max-w-full">
              <span className="truncate">Use {value}</span>
            </Button>
          ))}
          {all.length > near.length && (
            <Combobox
              label={`Choose another ${input}`}
              value=""
              placeholder={near.length > 0 ? "Choose another" : `Choose a ${input}`}
              options={all}
              onChange={(value) => onSet(problem, value)}
              className="w-56! max-w-full"
            />
          )}
        </div>
      )}
    </li>
  );
}
