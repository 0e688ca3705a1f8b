import { useQuery } from "@tanstack/react-query";
import { FileJson } from "lucide-react";
import { type ChangeEvent, type DragEvent, type FormEvent, useRef, useState } from "react";
import { ApiFailure, messageOf } from "@/api/failure";
import type { Workflow } from "@/api/types";
import { comfyUIProfiles } from "@/features/profiles/comfyui-profiles";
import { profilesOptions } from "@/features/profiles/queries";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input, Select, TextArea } from "@/ui/field";
import { toast } from "@/ui/toast";
import { createWorkflow, importWorkflowFile, LONGEST_NAME } from "./changes";
import { ACCEPTED, nameOf, requireWorkflowFile, WHAT_MAY_BE_IMPORTED } from "./workflow-file";

interface ImportDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** What has been dropped on the page. */
  file?: File | null;
  onImported: (id: string) => void;
}

export function ImportDialog({ open, onOpenChange, file = null, onImported }: ImportDialogProps) {
  const finish = (id: string) => {
    onOpenChange(false);
    onImported(id);
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Import a workflow" description={WHAT_MAY_BE_IMPORTED}>
      <ImportForm given={file} onCancel={() => onOpenChange(false)} onImported={finish} />
    </Dialog>
  );
}

interface FormProps {
  given: File | null;
  onCancel: () => void;
  onImported: (id: string) => void;
}

function ImportForm({ given, onCancel, onImported }: FormProps) {
  const { data: profiles = [] } = useQuery(profilesOptions);
  const choices = comfyUIProfiles(profiles);
  const [file, setFile] = useState(given);
  const [pasted, setPasted] = useState("");
  const [name, setName] = useState(given ? nameOf(given) : "");
  const [profileId, setProfileId] = useState<string | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const take = (chosen: File | undefined) => {
    if (!chosen) return;
    try {
      setFile(requireWorkflowFile(chosen));
      setName(nameOf(chosen));
      setFailure(null);
    } catch (refusal) {
      setFailure(refusal);
    }
  };
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const profile_id = profileId ?? choices[0]?.id ?? null;
      const named = name.trim() || null;
      const workflow = await (file
        ? importWorkflowFile(file, named, profile_id)
        : createWorkflow({ workflow_json: pasted, profile_id, name: named }));
      toast({ kind: "info", message: [`“${workflow.name}” is imported.`, ...notesOn(workflow)].join(" ") });
      onImported(workflow.id);
    } catch (refusal) {
      setFailure(refusal);
      setBusy(false);
    }
  };
  const onDrop = (event: DragEvent) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  };
  const wrongName = failure instanceof ApiFailure ? failure.fields.name : undefined;

  return (
    <form onSubmit={(event) => void send(event)} onDrop={onDrop} className="flex flex-col gap-4">
      {file ? (
        <p className="flex flex-wrap items-center gap-2 rounded-md border border-line px-3 py-2 text-sm">
          <FileJson size={18} aria-hidden />
          <span className="min-w-0 flex-1 break-words">
            {file.name}, {sizeOf(file.size)}
          </span>
          <Button onClick={() => setFile(null)}>Remove</Button>
        </p>
      ) : (
        <Source pasted={pasted} onPaste={setPasted} onFile={take} />
      )}
      <Field label="Name" error={wrongName}>
        {(told) => (
          <Input {...told} value={name} maxLength={LONGEST_NAME} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      {choices.length > 1 && (
        <Field label="ComfyUI" hint="Where it runs.">
          {(told) => (
            <Select
              {...told}
              value={profileId ?? choices[0]?.id}
              onChange={(event) => setProfileId(event.target.value)}
            >
              {choices.map((profile) => (
                <option key={profile.id} value={profile.id}>
                  {profile.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      {failure !== null && !wrongName && (
        <p role="alert" className="break-words rounded-md border border-bad px-3 py-2 text-bad text-sm">
          {messageOf(failure)}
        </p>
      )}
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="strong" busy={busy} disabled={file === null && pasted.trim() === ""}>
          Import
        </Button>
      </DialogActions>
    </form>
  );
}

interface SourceProps {
  pasted: string;
  onPaste: (text: string) => void;
  onFile: (file: File | undefined) => void;
}

function Source({ pasted, onPaste, onFile }: SourceProps) {
  const chooser = useRef<HTMLInputElement>(null);
  const onChosen = ({ target }: ChangeEvent<HTMLInputElement>) => {
    onFile(target.files?.[0]);
    target.value = "";
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <Button onClick={() => chooser.current?.click()}>
          <FileJson size={16} aria-hidden />
          Choose a file
        </Button>
        <span className="text-soft text-sm">or drop one here, or paste its text:</span>
        <input ref={chooser} type="file" accept={ACCEPTED} aria-label="Workflow file" onChange={onChosen} hidden />
      </div>
      <Field label="Workflow JSON">
        {(told) => (
          <TextArea
            {...told}
            rows={8}
            spellCheck={false}
            placeholder={'{"3": {"class_type": "KSampler", …'}
            className="font-mono"
            value={pasted}
            onChange={(event) => onPaste(event.target.value)}
          />
        )}
      </Field>
    </>
  );
}

const KIB = 1_024;
const MOST_WARNINGS = 2;

const sizeOf = (bytes: number) => (bytes < KIB ? `${bytes} bytes` : `${Math.round(bytes / KIB)} KiB`);

/** What to look at, in sentences. */
function notesOn({ duplicate_of, warnings }: Workflow): string[] {
  const same = duplicate_of ? [`“${duplicate_of.name}” has the same graph.`] : [];
  const first = warnings
    .slice(0, MOST_WARNINGS)
    .map(({ class_type, message }) => `${class_type ?? ""} ${message}`.trim());
  const more = warnings.length - first.length;
  return [...same, ...first, ...(more > 0 ? [`And ${more} more like these.`] : [])];
}
