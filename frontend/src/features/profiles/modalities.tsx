import { MODALITIES, type Modality } from "./form";

interface ModalitiesProps {
  legend: string;
  chosen: readonly Modality[];
  onChange: (chosen: readonly Modality[]) => void;
  error: string | undefined;
}

/** What a profile or a model takes or gives. */
export function Modalities({ legend, chosen, onChange, error }: ModalitiesProps) {
  const toggle = (modality: Modality) =>
    onChange(MODALITIES.filter((one) => chosen.includes(one) !== (one === modality)));
  return (
    <fieldset>
      <legend className="font-medium text-sm">{legend}</legend>
      <div className="flex flex-wrap gap-x-4">
        {MODALITIES.map((modality) => (
          <label key={modality} className="flex min-h-9 items-center gap-2 text-sm">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={chosen.includes(modality)}
              onChange={() => toggle(modality)}
            />
            {modality}
          </label>
        ))}
      </div>
      {error && <p className="text-bad text-xs">{error}</p>}
    </fieldset>
  );
}
