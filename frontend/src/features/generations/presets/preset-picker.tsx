import { useQuery } from "@tanstack/react-query";
import { Plus, SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import type { Form } from "@/features/generations/form/use-form";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Failed } from "@/ui/notice";
import { matching, SearchField } from "@/ui/search";
import { SkeletonList } from "@/ui/skeleton";
import { useDraft } from "../drafts";
import { applyPreset } from "./apply";
import { followed, isFor } from "./fit";
import { PickRow } from "./pick-row";
import { presetsOptions } from "./queries";
import { SaveDialog } from "./save-dialog";

/** Names the preset that the form follows; opens all that there are, and keeps a new one. */
export function PresetPicker({ form }: { form: Form }) {
  const { data: presets = [] } = useQuery(presetsOptions);
  const { part: set } = useDraft(form.key, (draft) => draft.parameters);
  const [opened, setOpened] = useState<"list" | "save" | null>(null);
  const now = followed(presets, form.workflow, form.values, set);
  const open = (part: "list" | "save") => (isOpen: boolean) => setOpened(isOpen ? part : null);
  return (
    <>
      <Button look="quiet" onClick={() => setOpened("list")} title="Presets">
        <SlidersHorizontal size={15} aria-hidden />
        {now ? (
          <span className="max-w-48 truncate">
            <span className="sr-only">Presets: </span>
            {now.name}
          </span>
        ) : (
          "Presets"
        )}
      </Button>
      <Dialog open={opened === "list"} onOpenChange={open("list")} title="Presets" description={HOW}>
        <List
          form={form}
          followedId={now?.id ?? null}
          onDone={() => setOpened(null)}
          onSave={() => setOpened("save")}
        />
      </Dialog>
      <SaveDialog form={form} open={opened === "save"} onOpenChange={open("save")} />
    </>
  );
}

const HOW = "Choosing one sets the form as it says; prompt, seed and input files stay.";
const SOUGHT_FROM = 7;

interface ListProps {
  form: Form;
  followedId: string | null;
  onDone: () => void;
  onSave: () => void;
}

function List({ form, followedId, onDone, onSave }: ListProps) {
  const { data: presets, error, refetch } = useQuery(presetsOptions);
  const [sought, setSought] = useState("");
  if (!presets && error)
    return <Failed what="The presets could not be read" error={error} onRetry={() => void refetch()} />;
  if (!presets) return <SkeletonList rows={4} className="h-14" />;
  const found = matching(presets, sought, ({ name, description }) => `${name} ${description ?? ""}`);
  const rowsOf = (isOwn: boolean) => found.filter((preset) => isFor(preset, form.workflow.id) === isOwn);
  const parts = [
    { label: "For this workflow", rows: rowsOf(true) },
    { label: "Made for other workflows", rows: rowsOf(false) },
  ].filter(({ rows }) => rows.length > 0);
  return (
    <div className="flex flex-col gap-3">
      {presets.length > SOUGHT_FROM && (
        <SearchField label="Search presets" placeholder="Search" value={sought} onChange={setSought} />
      )}
      {parts.map(({ label, rows }) => (
        <section key={label} aria-label={label}>
          <h3 className="px-2 text-soft text-xs">{label}</h3>
          <ul>
            {rows.map((preset) => (
              <PickRow
                key={preset.id}
                preset={preset}
                form={form}
                isFollowed={preset.id === followedId}
                onChoose={() => {
                  onDone();
                  applyPreset(form, preset);
                }}
              />
            ))}
          </ul>
        </section>
      ))}
      {found.length === 0 && (
        <p className="px-2 text-soft text-sm">
          {presets.length === 0 ? "No presets yet. Save the settings that you like as one." : "No preset of that name."}
        </p>
      )}
      <Button onClick={onSave} className="self-start">
        <Plus size={16} aria-hidden />
        Save as preset
      </Button>
    </div>
  );
}
