import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { tagsOptions } from "./tags";

const LONGEST = 50;

interface TagFieldProps {
  label?: string;
  error?: string | undefined;
  onAdd: (tag: string) => void;
}

/** A tag to add: typed, or one of those that are in use. Enter and a comma add it. */
export function TagField({ label = "Add a tag", error, onAdd }: TagFieldProps) {
  const [typed, setTyped] = useState("");
  const { data: known = [] } = useQuery(tagsOptions);
  const list = useId();
  const add = () => {
    const tag = typed.trim();
    if (tag === "") return;
    onAdd(tag);
    setTyped("");
  };
  return (
    <Field label={label} error={error}>
      {(field) => (
        <div className="flex gap-2">
          <Input
            {...field}
            list={list}
            value={typed}
            maxLength={LONGEST}
            autoComplete="off"
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              if ((event.key !== "Enter" && event.key !== ",") || event.nativeEvent.isComposing) return;
              event.preventDefault();
              add();
            }}
          />
          <datalist id={list}>
            {known.map(({ tag }) => (
              <option key={tag} value={tag} />
            ))}
          </datalist>
          <Button onClick={add} aria-label="Add tag" className="px-2">
            <Plus size={16} aria-hidden />
          </Button>
        </div>
      )}
    </Field>
  );
}
