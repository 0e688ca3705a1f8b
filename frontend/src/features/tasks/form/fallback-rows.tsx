import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { Button, IconButton } from "@/ui/button";
import { newKey } from "@/ui/pairs";
import type { TaskType } from "../task";
import { ModelInput } from "./model-input";
import { SourceSelect } from "./source-select";
import { type FallbackRow, MOST_FALLBACKS } from "./task-form";
import { errorAt, type Trouble } from "./trouble";

interface FallbackRowsProps {
  type: TaskType;
  rows: readonly FallbackRow[];
  trouble: Trouble;
  onChange: (rows: readonly FallbackRow[]) => void;
}

/** Who is asked next where somebody is away, overloaded or too slow; the first first. */
export function FallbackRows({ type, rows, trouble, onChange }: FallbackRowsProps) {
  const edit = (key: number, change: Partial<FallbackRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  const moveUp = (place: number) => {
    const next = [...rows];
    next.splice(place - 1, 0, ...next.splice(place, 1));
    onChange(next);
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="font-medium text-sm">If that does not work, ask</legend>
      <ol className="flex flex-col gap-2">
        {rows.map((row, place) => {
          const error = errorAt(trouble, `fallback.${place}`);
          return (
            <li key={row.key} className="flex flex-col gap-1">
              <div className="flex flex-wrap items-center gap-2 sm:flex-nowrap">
                <SourceSelect
                  aria-label={`Fallback ${place + 1}`}
                  type={type}
                  source={row}
                  onChange={(source) => edit(row.key, { ...source, model: "" })}
                />
                <ModelInput
                  aria-label={`Model of fallback ${place + 1}`}
                  placeholder="Model"
                  type={type}
                  source={row}
                  value={row.model}
                  disabled={row.provider === "comfyui"}
                  onChange={(model) => edit(row.key, { model })}
                />
                <div className="ml-auto flex shrink-0">
                  <IconButton
                    label={`Fallback ${place + 1} earlier`}
                    disabled={place === 0}
                    onClick={() => moveUp(place)}
                  >
                    <ArrowUp size={16} aria-hidden />
                  </IconButton>
                  <IconButton
                    label={`Fallback ${place + 1} later`}
                    disabled={place === rows.length - 1}
                    onClick={() => moveUp(place + 1)}
                  >
                    <ArrowDown size={16} aria-hidden />
                  </IconButton>
                  <IconButton
                    label={`Remove fallback ${place + 1}`}
                    onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
                  >
                    <X size={16} aria-hidden />
                  </IconButton>
                </div>
              </div>
              {error && <p className="text-bad text-xs">{error}</p>}
            </li>
          );
        })}
      </ol>
      {rows.length < MOST_FALLBACKS && (
        <Button
          look="quiet"
          className="self-start"
          onClick={() => onChange([...rows, { key: newKey(), provider: "auto", profileId: null, model: "" }])}
        >
          <Plus size={16} aria-hidden />
          Add fallback
        </Button>
      )}
    </fieldset>
  );
}
