import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { fieldErrorsOf, messageOf } from "@/api/failure";
import type { Project } from "@/api/types";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, Input, TextArea } from "@/ui/field";
import { Refusal } from "@/ui/refusal";
import { type ProjectInput, useSave } from "./changes";
import { ColorField } from "./color-field";
import { freshColor } from "./colors";
import { projectsOptions } from "./queries";

interface ProjectDialogProps {
  /** Null: a new one. */
  project: Project | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onSaved?: (saved: Project) => void;
}

export function ProjectDialog({ project, open, onOpenChange, onSaved }: ProjectDialogProps) {
  const close = (saved: Project) => {
    onOpenChange(false);
    onSaved?.(saved);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={project ? `Edit “${project.name}”` : "New project"}
      description="Keeps the sessions and conversations of one undertaking together."
    >
      <Form project={project} onCancel={() => onOpenChange(false)} onSaved={close} />
    </Dialog>
  );
}

interface FormProps {
  project: Project | null;
  onCancel: () => void;
  onSaved: (saved: Project) => void;
}

function Form({ project, onCancel, onSaved }: FormProps) {
  const { data: others = [] } = useQuery(projectsOptions);
  const [input, setInput] = useState<Required<ProjectInput>>(() => ({
    name: project?.name ?? "",
    description: project?.description ?? "",
    color: project ? project.color : freshColor(others.map(({ color }) => color)),
  }));
  const save = useSave(project, onSaved);
  const trouble = fieldErrorsOf(save.error);
  const edit = (change: Partial<ProjectInput>) => {
    save.reset();
    setInput((now) => ({ ...now, ...change }));
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (!save.isPending) save.mutate({ ...input, description: input.description?.trim() || null });
  };
  return (
    <form onSubmit={send} className="flex flex-col gap-4">
      <Field label="Name" error={trouble.name}>
        {(props) => (
          <Input
            {...props}
            autoFocus
            required
            maxLength={255}
            autoComplete="off"
            value={input.name}
            onChange={(event) => edit({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label="Description" error={trouble.description}>
        {(props) => (
          <TextArea
            {...props}
            rows={3}
            maxLength={10_000}
            value={input.description ?? ""}
            onChange={(event) => edit({ description: event.target.value })}
          />
        )}
      </Field>
      <ColorField color={input.color} onChange={(color) => edit({ color })} error={trouble.color} />
      <Refusal message={save.error && messageOf(save.error)} />
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="strong" busy={save.isPending}>
          {project ? "Save" : "Create project"}
        </Button>
      </DialogActions>
    </form>
  );
}
