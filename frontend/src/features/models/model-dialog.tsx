import { type FormEvent, useState } from "react";
import { fieldErrorsOf, messageOf } from "@/api/failure";
import type { Modality } from "@/features/profiles/form";
import { Modalities } from "@/features/profiles/modalities";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { toast } from "@/ui/toast";
import { useAddModel, useSetModalities } from "./changes";
import type { Model } from "./groups";

interface ModelDialogProps {
  profileId: string;
  /** Null: one that is added. */
  model: Model | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function ModelDialog({ profileId, model, open, onOpenChange }: ModelDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={model ? model.model_id : "Add a model"}
      description="What a model takes and gives decides where it can be chosen."
    >
      <Form profileId={profileId} model={model} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

interface FormProps {
  profileId: string;
  model: Model | null;
  onDone: () => void;
}

function Form({ profileId, model, onDone }: FormProps) {
  const [modelId, setModelId] = useState(model?.model_id ?? "");
  const [takes, setTakes] = useState<readonly Modality[]>(model?.input_modalities ?? ["text"]);
  const [gives, setGives] = useState<readonly Modality[]>(model?.output_modalities ?? ["text"]);
  const done = () => {
    toast({ kind: "info", message: model ? "The model is changed." : `${modelId.trim()} is added.` });
    onDone();
  };
  const add = useAddModel(profileId, done);
  const change = useSetModalities(profileId, done);
  const saving = model ? change : add;
  const errors = fieldErrorsOf(saving.error);
  const send = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate({ modelId: modelId.trim(), takes, gives });
  };
  return (
    <form onSubmit={send} className="flex flex-col gap-4">
      {!model && (
        <Field label="Name" hint="As the provider has it, to the letter." error={errors.model_id}>
          {(props) => (
            <Input
              {...props}
              value={modelId}
              onChange={({ target }) => setModelId(target.value)}
              maxLength={255}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              required
            />
          )}
        </Field>
      )}
      <Modalities legend="Takes" chosen={takes} onChange={setTakes} error={errors.input_modalities} />
      <Modalities
        legend="Gives (nothing: it only makes embeddings)"
        chosen={gives}
        onChange={setGives}
        error={errors.output_modalities}
      />
      {saving.error && Object.keys(errors).length === 0 && (
        <p role="alert" className="break-words text-bad text-sm">
          {messageOf(saving.error)}
        </p>
      )}
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="strong" busy={saving.isPending}>
          {model ? "Save" : "Add"}
        </Button>
      </DialogActions>
    </form>
  );
}
