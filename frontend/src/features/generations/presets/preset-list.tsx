import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import type { Preset } from "@/api/types";
import { useIsViewer } from "@/features/auth/me";
import { workflowsOptions } from "@/features/workflows/queries";
import { Empty, Failed } from "@/ui/notice";
import { useParam } from "@/ui/param";
import { matching, SearchField } from "@/ui/search";
import { SkeletonList } from "@/ui/skeleton";
import { PresetCard } from "./preset-card";
import { presetsOptions } from "./queries";

const SOUGHT_FROM = 7;

/** All presets, by the workflow that they are for. */
export function PresetList() {
  const { data: presets, error, refetch } = useQuery(presetsOptions);
  const { data: workflows = [] } = useQuery(workflowsOptions);
  const [sought, setSought] = useParam("q");
  const isViewer = useIsViewer();
  if (!presets && error)
    return <Failed what="The presets could not be read" error={error} onRetry={() => void refetch()} />;
  if (!presets) return <SkeletonList rows={4} className="h-28" />;
  if (presets.length === 0) return <NoPresets isViewer={isViewer} />;
  const nameOf = (workflowId: string | null) =>
    workflowId === null
      ? "For any workflow"
      : (workflows.find(({ id }) => id === workflowId)?.name ?? "A workflow that is deleted");
  const found = matching(
    presets,
    sought,
    (preset) => `${preset.name} ${preset.description ?? ""} ${nameOf(preset.workflow_id)}`,
  );
  const ids = [...new Set(found.map(({ workflow_id }) => workflow_id))];
  return (
    <>
      {(presets.length >= SOUGHT_FROM || sought !== "") && (
        <SearchField
          label="Search presets"
          placeholder="Search by name, description or workflow"
          value={sought}
          onChange={setSought}
          className="sm:max-w-sm"
        />
      )}
      <p role="status" className="text-soft text-sm empty:hidden">
        {found.length === 0 ? "No preset is like that." : ""}
      </p>
      {ids.map((id) => (
        <Group
          key={id}
          title={nameOf(id)}
          rows={found.filter(({ workflow_id }) => workflow_id === id)}
          isFixed={isViewer}
        />
      ))}
    </>
  );
}

function Group({ title, rows, isFixed }: { title: string; rows: readonly Preset[]; isFixed: boolean }) {
  const titleId = useId();
  return (
    <section aria-labelledby={titleId} className="flex flex-col gap-2">
      <h2 id={titleId} className="break-words font-semibold">
        {title}
      </h2>
      <ul className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 lg:grid-cols-2">
        {rows.map((preset) => (
          <PresetCard key={preset.id} preset={preset} isFixed={isFixed} />
        ))}
      </ul>
    </section>
  );
}

function NoPresets({ isViewer }: { isViewer: boolean }) {
  const hint = isViewer ? "" : " In the settings of the ComfyUI page, press “Presets” and then “Save as preset”.";
  return (
    <Empty
      title="No presets yet"
      sentence={`A preset keeps settings under a name, so that the same style comes back by one choice.${hint}`}
    />
  );
}
