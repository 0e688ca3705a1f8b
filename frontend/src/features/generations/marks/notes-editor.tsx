import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "@/api/client";
import { messageOf } from "@/api/failure";
import type { Generation } from "@/api/types";
import { Button } from "@/ui/button";
import { Field, TextArea } from "@/ui/field";
import { keepRow } from "../reread";

const LONGEST = 10_000;

/** What somebody wants to remember of it. What is typed stays until it is kept or taken back. */
export function NotesEditor({ row }: { row: Generation }) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? row.notes ?? "";
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => {
      const params = { path: { generation_id: row.id } };
      const body = { notes: text.trim() === "" ? null : text };
      return read(api.PATCH("/api/comfyui/generations/{generation_id}", { params, body }));
    },
    onSuccess: (told) => {
      keepRow(told);
      setTyped(null);
    },
  });
  const isChanged = typed !== null && typed !== (row.notes ?? "");
  return (
    <div className="flex flex-col gap-2">
      <Field label="Notes" error={error ? messageOf(error) : undefined}>
        {(field) => (
          <TextArea
            {...field}
            rows={3}
            maxLength={LONGEST}
            value={text}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && isChanged) mutate();
            }}
          />
        )}
      </Field>
      {isChanged && (
        <div className="flex gap-2">
          <Button look="strong" busy={isPending} onClick={() => mutate()}>
            Keep notes
          </Button>
          <Button look="quiet" onClick={() => setTyped(null)}>
            Take back
          </Button>
        </div>
      )}
    </div>
  );
}
