import { clsx } from "clsx";
import { X } from "lucide-react";
import { useId } from "react";
import type { LoraUsed } from "@/api/types";
import { IconButton } from "@/ui/button";
import { Combobox } from "@/ui/combobox";
import { Slider } from "@/ui/slider";
import { ResetButton } from "./parameter-field";
import { type Form, setLoras } from "./use-form";

const STRENGTHS = { min: -2, max: 2, step: 0.05 };

/** The LoRAs in the order in which they are applied. */
export function LoraRows({ form, names }: { form: Form; names: readonly string[] }) {
  const titleId = useId();
  const { loras } = form.values;
  if (!loras) return null;
  const set = (next: readonly LoraUsed[]) => setLoras(form.key, next);
  const error = form.errors.loras;
  return (
    <section
      aria-labelledby={titleId}
      className={clsx("flex min-w-0 flex-col gap-0.5", loras.value.length > 0 && "col-span-full")}
    >
      <div className="flex h-6 items-center gap-1">
        <h3 id={titleId} className={loras.isChanged ? "font-semibold text-xs" : "text-soft text-xs"}>
          LoRAs
        </h3>
        {loras.isChanged && <ResetButton label="LoRAs" onReset={() => setLoras(form.key, undefined)} />}
      </div>
      {loras.value.map((lora, position) => (
        <LoraRow
          // biome-ignore lint/suspicious/noArrayIndexKey: the position is what tells two uses of one LoRA apart
          key={`${position} ${lora.name}`}
          lora={lora}
          names={names}
          onChange={(changed) => set(loras.value.with(position, changed))}
          onRemove={() => set(loras.value.toSpliced(position, 1))}
        />
      ))}
      <Combobox
        label="Add a LoRA"
        value=""
        placeholder={names.length === 0 ? "ComfyUI lists no LoRAs" : "Add a LoRA"}
        options={names}
        onChange={(name) => set([...loras.value, { name, strength_model: 1, strength_clip: 1 }])}
        className="sm:max-w-xs"
      />
      {error && <p className="text-bad text-xs">{error}</p>}
    </section>
  );
}

interface LoraRowProps {
  lora: LoraUsed;
  names: readonly string[];
  onChange: (lora: LoraUsed) => void;
  onRemove: () => void;
}

function LoraRow({ lora, names, onChange, onRemove }: LoraRowProps) {
  const options = names.includes(lora.name) || lora.name === "" ? names : [lora.name, ...names];
  return (
    <fieldset
      aria-label={`LoRA ${lora.name}`}
      className="grid grid-cols-[1fr_auto] items-center gap-x-3 gap-y-1 lg:grid-cols-[minmax(10rem,1fr)_minmax(0,1fr)_minmax(0,1fr)_auto]"
    >
      <Combobox label="LoRA" value={lora.name} options={options} onChange={(name) => onChange({ ...lora, name })} />
      <IconButton label={`Remove ${lora.name}`} onClick={onRemove} className="lg:order-last">
        <X size={16} aria-hidden />
      </IconButton>
      <Strength
        name="Model"
        value={lora.strength_model}
        onChange={(strength_model) => onChange({ ...lora, strength_model })}
      />
      <Strength
        name="CLIP"
        value={lora.strength_clip}
        onChange={(strength_clip) => onChange({ ...lora, strength_clip })}
      />
    </fieldset>
  );
}

function Strength({ name, value, onChange }: { name: string; value: number; onChange: (value: number) => void }) {
  return (
    <div className="col-span-2 grid grid-cols-[3rem_1fr] items-center gap-1 lg:col-span-1">
      <span aria-hidden className="text-soft text-xs">
        {name}
      </span>
      <Slider {...STRENGTHS} label={`${name} strength`} value={value} onChange={onChange} />
    </div>
  );
}
