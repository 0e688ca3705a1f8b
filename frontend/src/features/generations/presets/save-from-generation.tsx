import { SlidersHorizontal } from "lucide-react";
import { type FormEvent, useState } from "react";
import { fieldErrorsOf, messageOf } from "@/api/failure";
import type { Generation } from "@/api/types";
import { useIsViewer } from "@/features/auth/me";
import { Button, type ButtonProps } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Refusal } from "@/ui/refusal";
import { toast } from "@/ui/toast";
import { useCreate } from "./changes";
import { type Named, NameFields } from "./name-fields";

type Made = Pick<Generation, "id" | "workflow_id">;

interface SaveAsPresetProps {
  generation: Made;
  look?: NonNullable<ButtonProps["look"]>;
}

/** Keeps what a generation was made with as a preset; nothing for who only looks. */
export function SaveAsPreset({ generation, look = "plain" }: SaveAsPresetProps) {
  const [isOpen, setOpen] = useState(false);
  if (useIsViewer()) return null;
  return (
    <>
      <Button look={look} onClick={() => setOpen(true)}>
        <SlidersHorizontal size={16} aria-hidden />
        Save as preset
      </Button>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title="Save as preset"
        description="Keeps the settings that this was made with, to make others in the same style."
      >
        <Content generation={generation} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Content({ generation: { id, workflow_id }, onDone }: { generation: Made; onDone: () => void }) {
  const [named, setNamed] = useState<Named>({ name: "", description: "" });
  const [withSeed, setWithSeed] = useState(false);
  const create = useCreate(({ name }) => {
    toast({ kind: "info", message: `“${name}” is a preset now.` });
    onDone();
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (create.isPending) return;
    create.mutate({
      name: named.name,
      description: named.description.trim() || null,
      workflow_id,
      from_generation_id: id,
      include_seed: withSeed,
    });
  };
  const edit = (change: Partial<Named>) => {
    create.reset();
    setNamed((now) => ({ ...now, ...change }));
  };
  return (
    <form onSubmit={send} className="flex flex-col gap-4">
      <NameFields value={named} onChange={edit} trouble={fieldErrorsOf(create.error)} />
      <label className="flex min-h-9 items-center gap-2 text-sm">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={withSeed}
          onChange={(event) => setWithSeed(event.target.checked)}
        />
        Keep its seed too
      </label>
      <Refusal message={create.error && messageOf(create.error)} />
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="strong" busy={create.isPending}>
          Save preset
        </Button>
      </DialogActions>
    </form>
  );
}
