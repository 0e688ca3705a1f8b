import {
  type TaskForm,
  formOf as taskFormOf,
  holdsAll as taskHoldsAll,
  requestOf as taskRequestOf,
} from "@/features/tasks/form/task-form";
import { fieldOf, momentOf } from "@/features/tasks/moments";
import { cronOf, type Rhythm, rhythmOf, USUAL } from "./cron";
import { type GenerationForm, generationFormOf, generationHoldsAll, generationRequestOf } from "./generation-form";
import type { Kind, Schedule, ScheduleInput } from "./schedule";

export interface ScheduleForm {
  name: string;
  kind: Kind;
  task: TaskForm;
  generation: GenerationForm;
  /** The request as it is typed by who writes it themselves; null: the form says it. */
  json: string | null;
  isOnce: boolean;
  at: string;
  rhythm: Rhythm;
  zone: string;
  missed: ScheduleInput["missed"];
  enabled: boolean;
}

export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

type Given = Readonly<Record<string, unknown>>;

const holdsAll = (kind: Kind, request: Given) =>
  kind === "task" ? taskHoldsAll(request) : generationHoldsAll(request);

export function formOf(schedule: Schedule | null): ScheduleForm {
  const request: Given = schedule?.request ?? {};
  const kind = schedule?.kind ?? "task";
  return {
    name: schedule?.name ?? "",
    kind,
    task: taskFormOf(kind === "task" ? request : {}),
    generation: generationFormOf(kind === "generation" ? request : {}),
    json: schedule && !holdsAll(kind, request) ? JSON.stringify(request, null, 2) : null,
    isOnce: schedule?.at != null,
    at: fieldOf(schedule?.at ?? null),
    rhythm: schedule?.cron ? rhythmOf(schedule.cron) : USUAL,
    zone: schedule?.time_zone ?? ownZone(),
    missed: schedule?.missed ?? "skip",
    enabled: schedule?.enabled ?? true,
  };
}

/** What the form says, whether or not it is written as JSON. */
export const formRequest = ({ kind, task, generation }: ScheduleForm): Given =>
  kind === "task" ? { ...taskRequestOf(task) } : generationRequestOf(generation);

/** Null where what is typed is no JSON object. */
export function requestOf(form: ScheduleForm): Given | null {
  return form.json === null ? formRequest(form) : parsed(form.json);
}

function parsed(text: string): Given | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Given) : null;
  } catch {
    return null;
  }
}

/** Back to the form, with what was typed; null where the form has no place for all of it. */
export function withoutJson(form: ScheduleForm): ScheduleForm | null {
  const request = requestOf(form);
  if (request === null || !holdsAll(form.kind, request)) return null;
  return {
    ...form,
    json: null,
    ...(form.kind === "task" ? { task: taskFormOf(request) } : { generation: generationFormOf(request) }),
  };
}

/** A moment is of this browser's clock; a rhythm is read in the zone. Neither while nothing is typed. */
export function whenOf({ isOnce, at, rhythm, zone }: ScheduleForm): { cron?: string; at?: string; time_zone: string } {
  const moment = momentOf(at);
  const cron = cronOf(rhythm);
  const told = isOnce ? (moment ? { at: moment } : {}) : cron ? { cron } : {};
  return { ...told, time_zone: zone };
}

export const inputOf = (form: ScheduleForm, request: Given): ScheduleInput => ({
  name: form.name.trim(),
  kind: form.kind,
  request: request as ScheduleInput["request"],
  ...whenOf(form),
  missed: form.missed ?? "skip",
  enabled: form.enabled,
});
