import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { fieldErrorsOf, messageOf } from "@/api/failure";
import type { Workflow } from "@/api/types";
import { comfyUIProfiles } from "@/features/profiles/comfyui-profiles";
import { profilesOptions } from "@/features/profiles/queries";
import { Button } from "@/ui/button";
import { DialogActions } from "@/ui/dialog";
import { Field, Input, Select } from "@/ui/field";
import { toast } from "@/ui/toast";
import { createWorkflow, importWorkflowFile, LONGEST_NAME } from "./changes";
import { ImportSource } from "./import-source";
import { nameOf, requireWorkflowFile } from "./workflow-file";

interface ImportFormProps {
  given: File | null;
  onCancel: () => void;
  onImported: (workflow: Workflow) => void;
}

export function ImportForm({ given, onCancel, onImported }: ImportFormProps) {
  const { data: profiles = [], isPending } = useQuery(profilesOptions);
  const choices = comfyUIProfiles(profiles);
  const [file, setFile] = useState(given);
  const [pasted, setPasted] = useState("");
  const [name, setName] = useState(given ? nameOf(given) : "");
  const [profileId, setProfileId] = useState<string | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  /** What ends after the dialog was closed leads nowhere; it is only told. */
  const isLeft = useRef(false);
  useEffect(() => {
    isLeft.current = false;
    return () => {
      isLeft.current = true;
    };
  }, []);

  const take = (chosen: File | null) => {
    setFailure(null);
    try {
      setFile(chosen && requireWorkflowFile(chosen));
      if (chosen) setName(nameOf(chosen));
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
      const imported = await (file
        ? importWorkflowFile(file, named, profile_id)
        : createWorkflow({ workflow_json: pasted, profile_id, name: named }));
      if (isLeft.current) toast({ kind: "info", message: `“${imported.name}” is imported.` });
      else onImported(imported);
    } catch (refusal) {
      if (isLeft.current) toast({ kind: "error", message: `The workflow is not imported. ${messageOf(refusal)}` });
      setFailure(refusal);
      setBusy(false);
    }
  };
  const wrongName = fieldErrorsOf(failure).name;

  return (
    <form onSubmit={(event) => void send(event)} className="flex flex-col gap-4">
      <ImportSource file={file} pasted={pasted} onFile={take} onPaste={setPasted} />
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
        <p role="alert" className="wrap-anywhere rounded-md border border-bad px-3 py-2 text-bad text-sm">
          {messageOf(failure)}
        </p>
      )}
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="strong" busy={busy} disabled={isPending || (file === null && pasted.trim() === "")}>
          Import
        </Button>
      </DialogActions>
    </form>
  );
}
