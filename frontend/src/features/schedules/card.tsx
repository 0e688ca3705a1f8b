import { ChevronDown, ChevronRight, Pencil, Play, TriangleAlert } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { useIsViewer } from "@/features/auth/me";
import { exactTime } from "@/features/tasks/moments";
import { Badge } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { RelativeTime } from "@/ui/relative-time";
import { useRunNow, useSwitch } from "./changes";
import { rhythmShown } from "./cron";
import { DeleteSchedule } from "./delete";
import { NextTimes } from "./next-times";
import { Runs } from "./runs";
import { KINDS, type Schedule } from "./schedule";

interface ScheduleCardProps {
  schedule: Schedule;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  onEdit: () => void;
}

export function ScheduleCard({ schedule, isOpen, onOpen, onEdit }: ScheduleCardProps) {
  const { name, kind, next_runs: next, time_zone, enabled } = schedule;
  const id = useId();
  const card = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isOpen) card.current?.scrollIntoView({ block: "nearest" });
  }, [isOpen]);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <li ref={card} className="flex flex-col gap-2 rounded-xl border border-line bg-raised p-4">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <h2 className="flex flex-wrap items-center gap-2 font-semibold">
            <span className="wrap-anywhere min-w-0">{name}</span>
            <Badge>{KINDS[kind]}</Badge>
            {!enabled && <Badge tone="warn">Off</Badge>}
          </h2>
          <p className="wrap-anywhere text-soft text-sm">{whenShown(schedule)}</p>
        </div>
        <Actions schedule={schedule} onOpen={() => onOpen(true)} onEdit={onEdit} />
      </div>
      <Troubles schedule={schedule} />
      {next[0] ? (
        <NextTimes runs={isOpen ? next : next.slice(0, 1)} zone={time_zone} label={`Next times of ${name}`} />
      ) : (
        <p className="text-soft text-sm">{enabled ? "Nothing is to come." : "It is off: nothing is to come."}</p>
      )}
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => onOpen(!isOpen)}
        className="-ml-1 flex min-h-9 items-center gap-1 self-start rounded px-1 text-sm hover:bg-hover"
      >
        <Chevron size={16} aria-hidden />
        <span>
          {schedule.run_count === 1 ? "1 run" : `${schedule.run_count.toLocaleString()} runs`}
          {schedule.last_run_at && (
            <span className="text-soft">
              , the last <RelativeTime at={schedule.last_run_at} />
            </span>
          )}
        </span>
      </button>
      <div id={id}>{isOpen && <Runs schedule={schedule} />}</div>
    </li>
  );
}

function whenShown({ cron, at, time_zone }: Schedule): string {
  if (cron) return `${rhythmShown(cron)}, ${time_zone}`;
  return at ? `Once, at ${exactTime(at)}` : time_zone;
}

function Troubles({ schedule: { last_error, missed_count, missed } }: { schedule: Schedule }) {
  return (
    <>
      {last_error && (
        <p className="wrap-anywhere flex items-start gap-2 text-bad text-sm">
          <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
          The last run could not start: {last_error}
        </p>
      )}
      {missed_count > 0 && (
        <p className="text-soft text-sm">
          {missed_count.toLocaleString()} missed while the server was away
          {missed === "skip" ? "." : "; one run made up for them each time."}
        </p>
      )}
    </>
  );
}

function Actions({ schedule, onOpen, onEdit }: { schedule: Schedule; onOpen: () => void; onEdit: () => void }) {
  const isViewer = useIsViewer();
  const turn = useSwitch(schedule);
  const [chosen, setChosen] = useState<boolean | null>(null);
  const run = useRunNow(schedule, onOpen);
  const { name, enabled } = schedule;
  if (isViewer) return null;
  return (
    <div className="flex flex-wrap items-center gap-1">
      <label className="flex min-h-9 cursor-pointer items-center gap-2 px-2 text-sm">
        <input
          type="checkbox"
          aria-label={`${name} is on`}
          className="size-4 accent-accent"
          checked={chosen ?? enabled}
          onChange={(event) => {
            if (turn.isPending) return;
            setChosen(event.target.checked);
            turn.mutate(event.target.checked, { onSettled: () => setChosen(null) });
          }}
        />
        On
      </label>
      <Button busy={run.isPending} aria-label={`Run now: ${name}`} onClick={() => run.mutate()}>
        <Play size={16} aria-hidden />
        Run now
      </Button>
      <IconButton label={`Edit ${name}`} onClick={onEdit}>
        <Pencil size={16} aria-hidden />
      </IconButton>
      <DeleteSchedule schedule={schedule} />
    </div>
  );
}
