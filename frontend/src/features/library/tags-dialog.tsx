import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "@/api/failure";
import type { Generation } from "@/api/types";
import { TagField } from "@/features/generations/marks/tag-field";
import { TagList } from "@/features/generations/marks/tag-list";
import { changeTags } from "@/features/generations/marks/tags";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Refusal } from "@/ui/refusal";

interface TagsDialogProps {
  rows: readonly Generation[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Tags of several at once, all or none. */
export function TagsDialog({ rows, open, onOpenChange }: TagsDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={`Tags of ${rows.length} selected`}>
      <Form rows={rows} onClose={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Form({ rows, onClose }: { rows: readonly Generation[]; onClose: () => void }) {
  const [add, setAdd] = useState<readonly string[]>([]);
  const [remove, setRemove] = useState<readonly string[]>([]);
  const saving = useMutation({ mutationFn: () => changeTags(rows, add, remove), onSuccess: onClose });
  const present = [...new Set(rows.flatMap(({ tags }) => tags))].filter((tag) => !remove.includes(tag));
  const without = (tags: readonly string[], tag: string) => tags.filter((one) => one !== tag);
  return (
    <div className="flex flex-col gap-4">
      <TagField
        label="Give all of them a tag"
        onAdd={(tag) => {
          setAdd([...without(add, tag), tag]);
          setRemove(without(remove, tag));
        }}
      />
      {add.length > 0 && (
        <section aria-label="To be added" className="flex flex-col gap-1">
          <h3 className="font-medium text-sm">To be added</h3>
          <TagList tags={add} onRemove={(tag) => setAdd(without(add, tag))} />
        </section>
      )}
      {present.length > 0 && (
        <section aria-label="What they have" className="flex flex-col gap-1">
          <h3 className="font-medium text-sm">What some or all of them have</h3>
          <TagList tags={present} onRemove={(tag) => setRemove([...remove, tag])} />
        </section>
      )}
      <Refusal message={saving.error && messageOf(saving.error)} />
      <DialogActions>
        <Button onClick={onClose}>Go back</Button>
        <Button
          look="strong"
          busy={saving.isPending}
          disabled={add.length + remove.length === 0}
          onClick={() => saving.mutate()}
        >
          Keep tags
        </Button>
      </DialogActions>
    </div>
  );
}
