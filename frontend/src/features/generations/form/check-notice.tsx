import { useQuery } from "@tanstack/react-query";
import { CircleX, TriangleAlert } from "lucide-react";
import { useMemo, useState } from "react";
import { ProblemList } from "@/features/workflows/check/problem-list";
import { countsOf, type Problem, placeOf, sorted } from "@/features/workflows/check/problems";
import { checkOptions } from "@/features/workflows/check/queries";
import { useSettled } from "@/features/workflows/check/use-settled";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { changeDraft, draftOf, useDraft } from "../drafts";
import { type Extracted, parametersOf } from "./parameters";
import { RANDOM } from "./seed";
import { forgetErrors } from "./sending";
import { type Form, setLoras, setValue } from "./use-form";

const PAUSE_MS = 700;

interface CheckNoticeProps {
  form: Form;
  profileId: string | null;
}

/** How many things stand in the way of a run with what is set now; opens the list, where they can be mended. */
export function CheckNotice(props: CheckNoticeProps) {
  const { key, workflow } = props.form;
  return <Notice key={`${key} ${workflow.id}`} {...props} />;
}

/** Of one session and workflow: nothing found in one is told of another. */
function Notice({ form, profileId }: CheckNoticeProps) {
  const [isOpen, setOpen] = useState(false);
  const problems = useProblems(form, profileId);
  if (!problems) return null;
  const counts = countsOf(problems);
  const isBad = problems.errorCount > 0;
  if (counts === "" && !isOpen) return null;
  const Icon = isBad ? CircleX : TriangleAlert;
  return (
    <>
      <div role="status" className="empty:sr-only">
        {counts !== "" && (
          <Button
            look="quiet"
            onClick={() => setOpen(true)}
            title="What ComfyUI would say to this, before it is run"
            className={isBad ? "text-bad" : "text-warn"}
          >
            <Icon size={16} aria-hidden />
            {counts}
          </Button>
        )}
      </div>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title={isBad ? "This cannot run yet" : "Before this is run"}
        description={`“${form.workflow.name}” with what is set now, as ComfyUI would take it.`}
      >
        {counts === "" && (
          <p role="status" className="text-good text-sm">
            Nothing stands in its way any more.
          </p>
        )}
        <ProblemList
          problems={problems}
          more={problems.more}
          onSet={(problem, value) => mend(form, problem, value)}
          choicesFor={(problem) => extractedOf(form, problem)?.options?.map(String)}
        />
        <DialogActions>
          <Button onClick={() => setOpen(false)}>Close</Button>
        </DialogActions>
      </Dialog>
    </>
  );
}

/** Asked after a pause, so that nothing waits for it; the texts are left out, as none of it hangs on them. */
function useProblems({ key, workflow, values }: Form, profileId: string | null) {
  const { part: set } = useDraft(key, (draft) => draft.parameters);
  const now = useMemo(() => JSON.stringify(parametersOf(values, set, RANDOM)), [values, set]);
  const parameters = JSON.parse(useSettled(now, PAUSE_MS));
  const { data } = useQuery(checkOptions(workflow.id, profileId, { parameters }));
  return useMemo(() => data && { ...sorted(data.problems), more: data.more }, [data]);
}

const extractedOf = ({ workflow }: Form, { node_id, input }: Problem): Extracted | undefined =>
  workflow.extracted_parameters.find((one) =>
    node_id === null ? one.standard === input : one.nodeId === node_id && one.field === input,
  );

/** Where the form shows it, so that it can be seen and taken back there. */
function mend(form: Form, problem: Problem, value: string): void {
  const { key, values } = form;
  const loras = values.loras?.value ?? [];
  if (problem.code === "missing_model" && loras.some(({ name }) => name === problem.value)) {
    setLoras(
      key,
      loras.map((lora) => (lora.name === problem.value ? { ...lora, name: value } : lora)),
    );
    return;
  }
  const extracted = extractedOf(form, problem);
  const place = placeOf(problem);
  if (extracted) setValue(key, extracted, extracted.options?.find((option) => String(option) === value) ?? value);
  else if (place !== null) {
    forgetErrors(key, [place]);
    changeDraft(key, { parameters: { ...draftOf(key).parameters, [place]: value } });
  }
}
