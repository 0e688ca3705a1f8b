import { PencilLine } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { messageOf } from "@/api/failure";
import type { Workflow } from "@/api/types";
import { useMay } from "@/features/auth/me";
import { changeWorkflow } from "@/features/workflows/changes";
import { counted } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { useChange } from "@/ui/change";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, TextArea } from "@/ui/field";
import { RelativeTime } from "@/ui/relative-time";
import { WorkflowPicture } from "./card";

const LONGEST_DESCRIPTION = 10_000;

/** What it is for, what it has made, and what ComfyUI would say against it. */
export function About({ workflow }: { workflow: Workflow }) {
  const { id, description, generation_count, version, created_at, unknown_classes } = workflow;
  const mayWrite = useMay("write");
  const [isDescribing, setDescribing] = useState(false);
  return (
    <div className="flex flex-wrap gap-4">
      <WorkflowPicture workflow={workflow} className="size-24" />
      <div className="min-w-0 flex-1 basis-64 text-sm">
        <p className="max-h-40 overflow-y-auto whitespace-pre-wrap break-words">
          {description || <span className="text-soft">No description yet.</span>}
        </p>
        <p className="mt-1 text-soft">
          <Link to={`/library?workflow_id=${id}`} className="text-accent underline">
            {counted(generation_count, "generation")}
          </Link>{" "}
          · version {version} · imported <RelativeTime at={created_at} />
        </p>
        {unknown_classes.length > 0 && (
          <p className="mt-1 break-words text-warn">
            This ComfyUI does not have these nodes: {unknown_classes.join(", ")}.
          </p>
        )}
        {mayWrite && (
          <Button look="quiet" className="-ml-3" onClick={() => setDescribing(true)}>
            <PencilLine size={15} aria-hidden />
            {description ? "Change the description" : "Describe it"}
          </Button>
        )}
      </div>
      <Dialog open={isDescribing} onOpenChange={setDescribing} title="Description of the workflow">
        <DescriptionForm workflow={workflow} onDone={() => setDescribing(false)} />
      </Dialog>
    </div>
  );
}

function DescriptionForm({ workflow, onDone }: { workflow: Workflow; onDone: () => void }) {
  const [text, setText] = useState(workflow.description ?? "");
  const { mutate, isPending, error } = useChange({
    ask: () => changeWorkflow(workflow.id, { description: text.trim() || null }),
    stale: [],
    onDone,
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    mutate();
  };
  return (
    <form onSubmit={send}>
      <Field label="Description" error={error ? messageOf(error) : undefined}>
        {(told) => (
          <TextArea
            {...told}
            rows={5}
            maxLength={LONGEST_DESCRIPTION}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="strong" busy={isPending}>
          Save
        </Button>
      </DialogActions>
    </form>
  );
}
