import { type FormEvent, useState } from "react";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import type { Search } from "../use-filters";

/** Any input of any node: its name, and the value that it must have had. */
export function ParameterField({ search: { change } }: { search: Search }) {
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const isWhole = name.trim() !== "" && value.trim() !== "";
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (!isWhole) return;
    change({ [`parameters.${name.trim()}`]: value.trim() });
    setName("");
    setValue("");
  };
  return (
    <form onSubmit={add} className="flex flex-col gap-1.5">
      <Field label="Any parameter" hint="By its name, such as denoise, or by node and input, such as 6.text.">
        {(field) => (
          <Input {...field} placeholder="name" value={name} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <div className="flex gap-2">
        <Input
          aria-label="Its value"
          placeholder="value"
          className="min-w-0"
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
        <Button type="submit" disabled={!isWhole}>
          Add
        </Button>
      </div>
    </form>
  );
}
