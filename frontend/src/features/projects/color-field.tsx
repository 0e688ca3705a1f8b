import { clsx } from "clsx";
import { useId } from "react";
import { COLOR_VALUES, COLORS } from "./colors";

interface ColorFieldProps {
  color: string | null;
  onChange: (color: string | null) => void;
  error?: string | undefined;
}

/** One of a few colours, none, or any other. */
export function ColorField({ color, onChange, error }: ColorFieldProps) {
  const name = useId();
  const isOther = color !== null && !COLOR_VALUES.some((one) => one === color);
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-sm">Colour</legend>
      <div className="flex flex-wrap items-center gap-1">
        <Swatch name={name} label="No colour" color={null} isChosen={color === null} onChoose={() => onChange(null)} />
        {COLOR_VALUES.map((one) => (
          <Swatch
            key={one}
            name={name}
            label={COLORS[one]}
            color={one}
            isChosen={color === one}
            onChoose={() => onChange(one)}
          />
        ))}
        <label
          className={clsx(
            "flex min-h-9 items-center gap-2 rounded-md px-2 text-sm",
            isOther && "outline-2 outline-accent",
          )}
        >
          Other
          <input
            type="color"
            value={color ?? "#888888"}
            onChange={(event) => onChange(event.target.value)}
            className="size-7 cursor-pointer rounded bg-transparent"
          />
        </label>
      </div>
      {error && <p className="text-bad text-xs">{error}</p>}
    </fieldset>
  );
}

interface SwatchProps {
  name: string;
  label: string;
  color: string | null;
  isChosen: boolean;
  onChoose: () => void;
}

function Swatch({ name, label, color, isChosen, onChoose }: SwatchProps) {
  return (
    <label
      title={label}
      className="relative grid size-9 cursor-pointer place-items-center rounded-md outline-accent hover:bg-hover has-checked:outline-2 has-focus-visible:outline-2"
    >
      <input
        type="radio"
        name={name}
        aria-label={label}
        checked={isChosen}
        onChange={onChoose}
        className="absolute inset-0 cursor-pointer opacity-0"
      />
      <span
        aria-hidden
        className={clsx("size-6 rounded-full", color === null && "border-2 border-control border-dashed")}
        style={color === null ? undefined : { backgroundColor: color }}
      />
    </label>
  );
}
