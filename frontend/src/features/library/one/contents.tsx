import type { components } from "@/api/schema";
import { useIsViewer } from "@/features/auth/me";
import { useBroken } from "@/features/generations/broken";
import { Media, State } from "@/features/generations/cards/card";
import { Facts } from "@/features/generations/cards/facts";
import { isPicture } from "@/features/generations/cards/outputs";
import { useShown } from "@/features/generations/cards/shown";
import { openLightbox } from "@/features/generations/lightbox/place";
import { NotesEditor } from "@/features/generations/marks/notes-editor";
import { TagEditor } from "@/features/generations/marks/tag-editor";
import { TagList } from "@/features/generations/marks/tag-list";
import { STATUSES } from "@/features/generations/statuses";
import { GraphView } from "@/features/graph/graph-view";
import { Badge } from "@/ui/badge";
import { Part } from "@/ui/part";
import { Made } from "./made";
import { MadeOn } from "./made-on";
import { Origins } from "./origins";
import { Prompts } from "./prompts";
import { VerificationReport } from "./verification-report";

export type Detail = components["schemas"]["GenerationDetail"];

/** What it made at the left, how at the right, and the graph that ran beneath. */
export function Contents({ row }: { row: Detail }) {
  const shown = useShown(row);
  const { label, tone, Icon } = STATUSES[shown.status];
  return (
    <>
      <div className="grid gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <div className="flex flex-wrap items-center gap-3">
            <Badge tone={tone}>
              <Icon size={12} aria-hidden />
              {label}
            </Badge>
            <Origins row={row} />
          </div>
          <Main row={row} shown={shown} />
          <State row={row} shown={shown} />
          <Prompts row={row} />
          <VerificationReport row={row} />
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <Marks row={row} />
          <Part title="Parameters">
            <Facts row={row} isOpen />
          </Part>
          <Part title="Time and machine">
            <Made row={row} />
          </Part>
          {row.fingerprint && (
            <Part title="Made on">
              <MadeOn fingerprint={row.fingerprint} />
            </Part>
          )}
        </div>
      </div>
      {row.workflow_json_snapshot && (
        <Part title="The graph that ran">
          <GraphView workflow={row.workflow_json_snapshot} className="h-[70dvh]" />
        </Part>
      )}
    </>
  );
}

/** A single picture is as large as there is room; several, and all else, are as on a card. */
function Main({ row, shown }: { row: Detail; shown: ReturnType<typeof useShown> }) {
  const [only, another] = row.outputs;
  const { isBroken, onError } = useBroken(row, only?.url ?? null);
  if (!only || another || !isPicture(only) || isBroken) return <Media row={row} shown={shown} />;
  return (
    <button
      type="button"
      aria-label="Open picture 1 of 1"
      onClick={() => openLightbox(row.id, only.index)}
      className="w-fit rounded-lg"
    >
      <img
        src={only.url}
        alt=""
        width={only.width ?? undefined}
        height={only.height ?? undefined}
        onError={onError}
        className="h-auto max-h-[75dvh] w-auto max-w-full rounded-lg bg-sunken object-contain"
      />
    </button>
  );
}

/** Viewers read them. */
function Marks({ row }: { row: Detail }) {
  const isViewer = useIsViewer();
  if (!isViewer) {
    return (
      <Part title="Tags and notes">
        <TagEditor row={row} />
        <NotesEditor key={row.id} row={row} />
      </Part>
    );
  }
  if (row.tags.length === 0 && row.notes === null) return null;
  return (
    <Part title="Tags and notes">
      <TagList tags={row.tags} />
      {row.notes && <p className="whitespace-pre-wrap break-words text-sm">{row.notes}</p>}
    </Part>
  );
}
