/** The schedules that most people want, each with the fields that it needs. */
export type Preset = "hourly" | "daily" | "weekdays" | "weekly" | "custom";

export interface Rhythm {
  preset: Preset;
  /** "09:00" */
  time: string;
  /** 0 is Sunday. */
  weekday: number;
  /** As typed, for `custom`. */
  cron: string;
}

export const PRESETS: Readonly<Record<Preset, string>> = {
  hourly: "Every hour",
  daily: "Every day",
  weekdays: "Monday to Friday",
  weekly: "Every week",
  custom: "As I write it (cron)",
};

export const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

export const USUAL: Rhythm = { preset: "daily", time: "09:00", weekday: 1, cron: "0 9 * * *" };

export function cronOf({ preset, time, weekday, cron }: Rhythm): string {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  if (preset === "hourly") return `${minute} * * * *`;
  if (preset === "daily") return `${minute} ${hour} * * *`;
  if (preset === "weekdays") return `${minute} ${hour} * * 1-5`;
  if (preset === "weekly") return `${minute} ${hour} * * ${weekday}`;
  return cron.trim();
}

const two = (number: string | undefined) => (number ?? "0").padStart(2, "0");

/** The preset that says the same, else the text itself. */
export function rhythmOf(cron: string): Rhythm {
  const [, minute, hour, weekday] = /^(\d{1,2}) (\d{1,2}|\*) \* \* (\*|1-5|[0-6])$/.exec(cron) ?? [];
  const custom: Rhythm = { ...USUAL, preset: "custom", cron };
  if (minute === undefined || Number(minute) > 59 || Number(hour) > 23) return custom;
  if (hour === "*") return weekday === "*" ? { ...custom, preset: "hourly", time: `00:${two(minute)}` } : custom;
  const time = `${two(hour)}:${two(minute)}`;
  if (weekday === "*") return { ...custom, preset: "daily", time };
  if (weekday === "1-5") return { ...custom, preset: "weekdays", time };
  return { ...custom, preset: "weekly", time, weekday: Number(weekday) };
}

/** In words, where there is a preset for it. */
export function rhythmShown(cron: string): string {
  const { preset, time, weekday } = rhythmOf(cron);
  if (preset === "custom") return cron;
  if (preset === "hourly") return `Every hour at minute ${time.slice(3)}`;
  if (preset === "weekly") return `Every ${WEEKDAYS[weekday]} at ${time}`;
  return `${PRESETS[preset]} at ${time}`;
}

const WALL = new Intl.DateTimeFormat("en", {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZone: "UTC",
});

/** "2026-07-01T09:00:00+02:00" as the clock of that zone shows it, whatever this browser's is. */
export const wallTime = (local: string) => WALL.format(new Date(`${local.slice(0, 19)}Z`));
