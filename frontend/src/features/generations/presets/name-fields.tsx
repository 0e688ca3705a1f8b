import { Field, Input, TextArea } from "@/ui/field";

export interface Named {
  name: string;
  description: string;
}

interface NameFieldsProps {
  value: Named;
  onChange: (change: Partial<Named>) => void;
  trouble: Readonly<Record<string, string>>;
}

/** What a preset is called, and what it is for. */
export function NameFields({ value, onChange, trouble }: NameFieldsProps) {
  return (
    <>
      <Field label="Name" error={trouble.name}>
        {(props) => (
          <Input
            {...props}
            autoFocus
            required
            maxLength={255}
            autoComplete="off"
            placeholder="Such as: film look, warm"
            value={value.name}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label="Description" error={trouble.description}>
        {(props) => (
          <TextArea
            {...props}
            rows={2}
            maxLength={10_000}
            value={value.description}
            onChange={(event) => onChange({ description: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
