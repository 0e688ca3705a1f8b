import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "@/api/failure";
import { counted } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { DialogActions } from "@/ui/dialog";
import { Refusal } from "@/ui/refusal";
import { ExportProgress } from "./export-progress";
import { download, type ExportOf, isTooLong, linkFor, MOST_IDS, type Part } from "./export-source";
import { amountOf, useExports } from "./exports";

interface ExportFormProps {
  of: ExportOf;
  id: string;
  onClose: () => void;
}

const PARTS: readonly { part: Part; label: string; hint: string }[] = [
  { part: "pictures", label: "Pictures", hint: "and videos, sounds and texts" },
  { part: "workflows", label: "Workflows", hint: "the exact graph of each, for ComfyUI" },
];

/** How much it is and what to leave out; then how far it is. */
export function ExportForm({ of, id, onClose }: ExportFormProps) {
  const [parts, setParts] = useState<readonly Part[]>(["pictures", "workflows"]);
  const known = useExports((all) => all[id]);
  const size = useSize(of, id);
  const sending = useMutation({ mutationFn: () => download({ of, parts, id }) });
  if (known && !sending.isError) return <ExportProgress id={id} onClose={onClose} />;
  const toggle = (part: Part) =>
    setParts((now) => (now.includes(part) ? now.filter((one) => one !== part) : [...now, part]));
  const error = sending.error ?? size.error;
  return (
    <div className="flex flex-col gap-3">
      <p role="status" className="text-sm">
        {size.told}
      </p>
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 font-medium text-sm">In it, beside a list of all as JSON and CSV</legend>
        {PARTS.map(({ part, label, hint }) => (
          <label key={part} className="flex min-h-9 items-center gap-2 text-sm">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={parts.includes(part)}
              onChange={() => toggle(part)}
            />
            <span>
              {label} <span className="text-soft">{hint}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Refusal message={error && messageOf(error)} />
      <DialogActions>
        <Button onClick={onClose}>Go back</Button>
        <Button
          look="strong"
          busy={sending.isPending}
          disabled={parts.length === 0 || size.error !== null}
          onClick={() => sending.mutate()}
        >
          Download
        </Button>
      </DialogActions>
    </div>
  );
}

/** Asked for before anything is sent, except of more than an address holds. */
function useSize(of: ExportOf, id: string): { told: string; error: Error | null } {
  const isLong = isTooLong(of);
  const { data, error } = useQuery({
    queryKey: ["archive-size", of, id],
    queryFn: ({ signal }) => linkFor({ of, parts: ["pictures"], id }, signal),
    enabled: !isLong,
    gcTime: 0,
    meta: { upkeep: "own" },
  });
  if (isLong && "ids" in of) {
    const isTooMany = of.ids.length > MOST_IDS;
    return {
      told: counted(of.ids.length, "generation"),
      error: isTooMany
        ? new Error(`One ZIP takes ${MOST_IDS.toLocaleString()} selected generations. Select fewer.`)
        : null,
    };
  }
  if (!data) return { told: error ? "" : "Counting…", error };
  return {
    told: `${counted(data.total_generations, "generation")}: ${amountOf(data.total_files, data.total_bytes)}.`,
    error,
  };
}
