import { useQuery } from "@tanstack/react-query";
import { fieldErrorsOf, messageOf } from "@/api/failure";
import type { Trouble } from "@/features/tasks/form/trouble";
import { Combobox } from "@/ui/combobox";
import { Field, Input, Select } from "@/ui/field";
import { Skeleton } from "@/ui/skeleton";
import { cronOf, PRESETS, type Preset, WEEKDAYS } from "./cron";
import { NextTimes } from "./next-times";
import { previewOptions } from "./queries";
import { type ScheduleForm, whenOf } from "./schedule-form";
import { useSettled } from "./settled";

interface WhenFieldsProps {
  form: ScheduleForm;
  trouble: Trouble;
  edit: (change: Partial<ScheduleForm>) => void;
}

/** Once or again and again, by which clock, and what it comes to. */
export function WhenFields({ form, trouble, edit }: WhenFieldsProps) {
  const { isOnce, zone, missed } = form;
  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="mb-2 font-semibold">When</legend>
      <div className="flex flex-wrap gap-x-5">
        <Way label="Again and again" checked={!isOnce} onChoose={() => edit({ isOnce: false })} />
        <Way label="Once" checked={isOnce} onChoose={() => edit({ isOnce: true })} />
      </div>
      {isOnce ? (
        <Field label="At" hint="By this clock." error={trouble.at}>
          {(props) => (
            <Input
              {...props}
              type="datetime-local"
              value={form.at}
              onChange={(event) => edit({ at: event.target.value })}
            />
          )}
        </Field>
      ) : (
        <RhythmFields form={form} trouble={trouble} edit={edit} />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Time zone" error={trouble.time_zone}>
          {(props) => (
            <Combobox
              {...props}
              label="Time zone"
              value={zone}
              options={zonesWith(zone)}
              onChange={(next) => edit({ zone: next })}
            />
          )}
        </Field>
        <Field label="While the server was away" error={trouble.missed}>
          {(props) => (
            <Select
              {...props}
              value={missed}
              onChange={(event) => edit({ missed: event.target.value === "catch_up" ? "catch_up" : "skip" })}
            >
              <option value="skip">Skip what was missed</option>
              <option value="catch_up">Catch up once</option>
            </Select>
          )}
        </Field>
      </div>
      <Preview form={form} />
    </fieldset>
  );
}

const zones = Intl.supportedValuesOf("timeZone");
const zonesWith = (zone: string) => [...new Set(["UTC", zone, ...zones])];

function Way({ label, checked, onChoose }: { label: string; checked: boolean; onChoose: () => void }) {
  return (
    <label className="flex min-h-9 items-center gap-2 text-sm">
      <input type="radio" name="schedule-way" className="size-4 accent-accent" checked={checked} onChange={onChoose} />
      {label}
    </label>
  );
}

function RhythmFields({ form: { rhythm }, trouble, edit }: WhenFieldsProps) {
  const change = (next: Partial<typeof rhythm>) => edit({ rhythm: { ...rhythm, ...next } });
  const choose = (name: string) => {
    const preset = (Object.keys(PRESETS) as Preset[]).find((one) => one === name) ?? "custom";
    change({ preset, ...(preset === "custom" ? { cron: cronOf(rhythm) } : {}) });
  };
  const { preset } = rhythm;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="How often">
        {(props) => (
          <Select {...props} value={preset} onChange={(event) => choose(event.target.value)}>
            {Object.entries(PRESETS).map(([name, label]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {preset === "weekly" && (
        <Field label="On">
          {(props) => (
            <Select
              {...props}
              value={rhythm.weekday}
              onChange={(event) => change({ weekday: Number(event.target.value) })}
            >
              {WEEKDAYS.map((name, day) => (
                <option key={name} value={day}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      {preset === "custom" ? (
        <Field label="Cron" hint="Minute, hour, day, month, day of the week; or @daily." error={trouble.cron}>
          {(props) => (
            <Input
              {...props}
              value={rhythm.cron}
              maxLength={255}
              spellCheck={false}
              autoComplete="off"
              className="font-mono"
              onChange={(event) => change({ cron: event.target.value })}
            />
          )}
        </Field>
      ) : (
        <Field label={preset === "hourly" ? "At this minute" : "At"} error={trouble.cron}>
          {(props) =>
            preset === "hourly" ? (
              <Input
                {...props}
                type="number"
                min={0}
                max={59}
                value={Number(rhythm.time.slice(3))}
                onChange={(event) => change({ time: `00:${minuteOf(event.target.value)}` })}
              />
            ) : (
              <Input
                {...props}
                type="time"
                value={rhythm.time}
                onChange={(event) => change({ time: event.target.value || "00:00" })}
              />
            )
          }
        </Field>
      )}
    </div>
  );
}

const minuteOf = (typed: string) => String(Math.max(0, Math.min(59, Math.trunc(Number(typed)) || 0))).padStart(2, "0");

/** The next times as the server reckons them, or what it has against this. */
function Preview({ form }: { form: ScheduleForm }) {
  const when = useSettled(whenOf(form));
  const options = previewOptions(when);
  const { data, error, isPending } = useQuery(options);
  const isAsked = when.cron !== undefined || when.at !== undefined;
  return (
    <div role="status" className="rounded-lg bg-sunken p-3 text-sm">
      <p className="mb-1 font-medium">Next times</p>
      {!isAsked && <p className="text-soft">Say when, and they stand here.</p>}
      {isAsked && isPending && <Skeleton className="h-24" />}
      {error && <p className="wrap-anywhere text-bad">{Object.values(fieldErrorsOf(error))[0] ?? messageOf(error)}</p>}
      {data && data.next_runs.length === 0 && <p className="text-soft">It never comes.</p>}
      {data && <NextTimes runs={data.next_runs} zone={when.time_zone} label="Next times" />}
    </div>
  );
}
