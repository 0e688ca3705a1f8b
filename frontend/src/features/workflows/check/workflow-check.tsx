import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import type { Workflow } from "@/api/types";
import { useIsViewer } from "@/features/auth/me";
import { useChange } from "@/ui/change";
import { Failed } from "@/ui/notice";
import { SkeletonList } from "@/ui/skeleton";
import { saveParameters } from "../changes";
import { ProblemList } from "./problem-list";
import { type Problem, placeOf, sorted } from "./problems";
import { checkOptions } from "./queries";

interface WorkflowCheckProps {
  workflow: Pick<Workflow, "id" | "name" | "profile_id">;
  /** Of these it is told elsewhere. */
  except?: readonly Problem["code"][];
}

const AGAINST = {
  live: null,
  cached: "ComfyUI did not answer in time: this was held to what it told last.",
  builtin: "No ComfyUI has told its nodes yet: this was held to ComfyUI's own.",
  nothing: "No ComfyUI has told its nodes yet, so little of this could be checked.",
} as const;

/** What ComfyUI would refuse of a workflow as it stands; another value that is chosen becomes the workflow's default. */
export function WorkflowCheck({ workflow, except = [] }: WorkflowCheckProps) {
  const { data, error, refetch } = useQuery(checkOptions(workflow.id, workflow.profile_id));
  const isViewer = useIsViewer();
  const setting = useChange({
    ask: ({ place, value }: { place: string; value: string }) => saveParameters(workflow.id, { [place]: value }),
    stale: [["workflow-check", workflow.id]],
    refusal: "The value was not set.",
  });
  const onSet = (problem: Problem, value: string) => {
    const place = placeOf(problem);
    if (place !== null) setting.mutate({ place, value });
  };
  if (error && !data) {
    return <Failed what="The workflow could not be checked" error={error} onRetry={() => void refetch()} />;
  }
  if (!data) return <SkeletonList rows={2} className="h-10" />;
  const problems = sorted(data.problems.filter(({ code }) => !except.includes(code)));
  const isFine = problems.errorCount + problems.warningCount === 0;
  const note = AGAINST[data.checked_against];
  return (
    <div className="flex flex-col gap-3">
      {note && <p className="text-soft text-sm">{note}</p>}
      {isFine && except.length === 0 && (
        <p role="status" className="flex items-center gap-2 text-good text-sm">
          <CircleCheck size={16} aria-hidden />
          Nothing stands in its way.
        </p>
      )}
      <ProblemList problems={problems} more={data.more} {...(isViewer ? {} : { onSet })} />
    </div>
  );
}
