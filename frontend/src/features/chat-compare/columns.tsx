import { sourceOf } from "@/features/models/choices";
import { useChoices } from "@/features/models/sources";
import { fastest, summary } from "./answers";
import { Column } from "./column";
import { useRun } from "./run";

/** The answers, one beside the other; on a phone one swipes from one to the next. */
export function Columns() {
  const { answers, refusal, isUnderWay } = useRun();
  const { choices } = useChoices("text");
  const first = fastest(answers);
  return (
    <>
      <p role="status" className="text-soft text-sm empty:hidden">
        {answers.length > 0 && (isUnderWay ? "They answer." : summary(answers))}
      </p>
      {refusal && (
        <p role="alert" className="wrap-anywhere rounded-md border border-bad px-3 py-2 text-bad text-sm">
          {refusal}
        </p>
      )}
      {answers.length > 0 && (
        <ul
          aria-label="Answers"
          className="-mx-4 grid snap-x snap-mandatory scroll-px-4 auto-cols-[88%] grid-flow-col gap-3 overflow-x-auto px-4 pb-2 sm:-mx-6 sm:scroll-px-6 sm:px-6 md:auto-cols-[minmax(19rem,1fr)] md:snap-none"
        >
          {answers.map((answer, place) => (
            <Column
              // biome-ignore lint/suspicious/noArrayIndexKey: an answer is who was asked at its place
              key={place}
              answer={answer}
              source={(choices && sourceOf(choices, answer.choice)?.name) ?? null}
              isFastest={answer === first}
            />
          ))}
        </ul>
      )}
    </>
  );
}
