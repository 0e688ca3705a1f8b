import { Combobox } from "@/ui/combobox";
import { Input, TextArea } from "@/ui/field";
import { NumberInput } from "@/ui/number-input";
import { Slider } from "@/ui/slider";
import { MediaInput } from "./media-input";
import type { Extracted, Value } from "./parameters";
import { isRandom, RANDOM, readSeed, type Seed } from "./seed";
import { SeedField } from "./seed-field";

interface ValueControlProps {
  id: string;
  extracted: Extracted;
  value: Value;
  lastSeed: Seed | null;
  onChange: (value: Value) => void;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

const MOST_SLIDER_STEPS = 2_000;

/** The control that suits a parameter. */
export function ValueControl(props: ValueControlProps) {
  const { kind, type } = props.extracted;
  if (kind === "seed") return <SeedControl {...props} />;
  if (kind === "image" || kind === "audio" || kind === "video") return <MediaInput {...props} kind={kind} />;
  if (kind === "integer" || kind === "float") return <NumberControl {...props} />;
  if (type === "select" || typeof props.value === "boolean") return <ChoiceControl {...props} />;
  return <TextControl {...props} />;
}

function SeedControl({ extracted, value, onChange, lastSeed, ...rest }: ValueControlProps) {
  const seed = readSeed(value) ?? RANDOM;
  const kept = extracted.standard === "seed" ? lastSeed : readSeed(extracted.value);
  const last = kept === null || isRandom(kept) ? null : kept;
  return <SeedField {...rest} label={extracted.label} seed={seed} lastSeed={last} onChange={onChange} />;
}

function NumberControl({ extracted, value, onChange, lastSeed: _, ...rest }: ValueControlProps) {
  const { label, min = 0, max = 0, options, step = extracted.kind === "integer" ? 1 : 0.01 } = extracted;
  const number = Number(value);
  if (!options && max > min && (max - min) / step <= MOST_SLIDER_STEPS) {
    return <Slider {...rest} label={label} value={number} min={min} max={max} step={step} onChange={onChange} />;
  }
  const listId = options ? `${rest.id}-sizes` : undefined;
  return (
    <>
      <NumberInput {...rest} list={listId} value={number} min={min} step={options ? 1 : step} onChange={onChange} />
      {options && <Suggestions id={`${rest.id}-sizes`} options={options} />}
    </>
  );
}

export function Suggestions({ id, options }: { id: string; options: readonly Value[] }) {
  return (
    <datalist id={id}>
      {options.map((option) => (
        <option key={String(option)} value={String(option)} />
      ))}
    </datalist>
  );
}

function ChoiceControl({ extracted, value, onChange, lastSeed: _, ...rest }: ValueControlProps) {
  const options = extracted.options ?? [true, false];
  const names = options.map(String);
  const choose = (name: string) => onChange(options[names.indexOf(name)] ?? name);
  return <Combobox {...rest} label={extracted.label} value={String(value)} options={names} onChange={choose} />;
}

function TextControl({ extracted, value, onChange, lastSeed: _, ...rest }: ValueControlProps) {
  const text = String(value);
  if (extracted.kind === "file")
    return <Input {...rest} value={text} onChange={(event) => onChange(event.target.value)} />;
  return <TextArea {...rest} rows={2} value={text} onChange={(event) => onChange(event.target.value)} />;
}
