import type { Backend } from "@/api/types";
import { Field, Input } from "@/ui/field";
import type { MachineForm } from "./form";

interface MachineFieldsProps {
  machine: Backend | null;
  form: MachineForm;
  edit: (change: Partial<MachineForm>) => void;
  trouble: Readonly<Record<string, string>>;
}

export function MachineFields({ machine, form, edit, trouble }: MachineFieldsProps) {
  const usual = machine && machine.slots === null ? ` (${machine.effective_slots})` : "";
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
            value={form.name}
            onChange={(event) => edit({ name: event.target.value })}
          />
        )}
      </Field>
      {!machine?.is_own && (
        <>
          <Field
            label="Address (URL)"
            hint="As in the browser’s address bar when that ComfyUI is open there."
            error={trouble.url}
          >
            {(props) => (
              <Input
                {...props}
                type="url"
                required
                maxLength={500}
                autoComplete="off"
                placeholder="http://192.168.1.20:8188"
                value={form.url}
                onChange={(event) => edit({ url: event.target.value })}
              />
            )}
          </Field>
          <KeyField machine={machine} form={form} edit={edit} trouble={trouble} />
        </>
      )}
      <Field
        label="Slots"
        hint={`How many generations it gets at a time, 1 to 64; empty: as many as usual${usual}.`}
        error={trouble.slots}
      >
        {(props) => (
          <Input
            {...props}
            type="number"
            min={1}
            max={64}
            inputMode="numeric"
            value={form.slots}
            onChange={(event) => edit({ slots: event.target.value })}
            className="max-w-28"
          />
        )}
      </Field>
    </>
  );
}

function KeyField({ machine, form, edit, trouble }: MachineFieldsProps) {
  const hasKey = machine?.has_api_key === true;
  const hint = hasKey
    ? `Stored: ${machine.api_key}. It is never shown; leave this empty to keep it.`
    : "Only where this ComfyUI stands behind a proxy that asks for one.";
  return (
    <div className="flex flex-col gap-1">
      <Field label="API key" hint={hint} error={trouble.api_key}>
        {(props) => (
          <Input
            {...props}
            type="password"
            maxLength={4_000}
            autoComplete="new-password"
            spellCheck={false}
            placeholder={hasKey ? "Unchanged" : ""}
            value={form.apiKey}
            onChange={(event) => edit({ apiKey: event.target.value, removesKey: false })}
          />
        )}
      </Field>
      {hasKey && (
        <label className="flex min-h-9 items-center gap-2 text-sm">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={form.removesKey}
            onChange={(event) => edit({ removesKey: event.target.checked, apiKey: "" })}
          />
          Remove the key
        </label>
      )}
    </div>
  );
}
