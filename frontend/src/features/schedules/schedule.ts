import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export type Schedule = Schemas["ScheduleOut"];
export type ScheduleInput = Schemas["ScheduleInput"];
export type SchedulePatch = Schemas["SchedulePatch"];
export type NextRun = Schemas["NextRun"];
export type Run = Schemas["RunOut"];
export type Kind = Schemas["ScheduleKind"];

export const KINDS: Readonly<Record<Kind, string>> = { task: "Task", generation: "Generation" };
