import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { PROVIDERS } from "@/features/profiles/providers";
import { profilesOptions } from "@/features/profiles/queries";
import { Button } from "@/ui/button";
import { DayInput } from "@/ui/day-input";
import { Field, Select } from "@/ui/field";
import { LateSearch } from "@/ui/late-search";
import { useParam } from "@/ui/param";
import { dayAfter, dayOf } from "./days";
import { PROVIDERS_ASKED, useFilters } from "./filters";

const SPANS = [
  { label: "7 days", days: 7 },
  { label: "30 days", days: 30 },
  { label: "90 days", days: 90 },
  { label: "A year", days: 365 },
] as const;

/** Of when, and of what. */
export function FilterBar() {
  const { first, last, provider, profileId } = useFilters();
  const { data: profiles = [] } = useQuery(profilesOptions);
  const setFirst = useParam("from")[1];
  const setLast = useParam("to")[1];
  const setProfile = useParam("profile")[1];
  const setProvider = useParam("provider")[1];
  const [model, setModel] = useParam("model");
  return (
    <search aria-label="Filters" className="flex flex-wrap items-end gap-3">
      <Field label="From">{(props) => <DayInput {...props} value={first} max={last} onChange={setFirst} />}</Field>
      <Field label="To">{(props) => <DayInput {...props} value={last} min={first} onChange={setLast} />}</Field>
      <Spans />
      <Field label="Profile" className="min-w-36">
        {(props) => (
          <Select {...props} value={profileId} onChange={({ target }) => setProfile(target.value)}>
            <option value="">All profiles</option>
            {profiles
              .filter((profile) => profile.provider !== "comfyui")
              .map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
          </Select>
        )}
      </Field>
      <Field label="Provider" className="min-w-36">
        {(props) => (
          <Select {...props} value={provider} onChange={({ target }) => setProvider(target.value)}>
            <option value="">All providers</option>
            {PROVIDERS_ASKED.map((name) => (
              <option key={name} value={name}>
                {PROVIDERS[name].label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <LateSearch label="Model" placeholder="Exact model name" value={model} onChange={setModel} className="w-52!" />
    </search>
  );
}

function Spans() {
  const [, setParams] = useSearchParams();
  const show = (days: number) =>
    setParams(
      (now) => {
        const today = dayOf(Date.now());
        const next = new URLSearchParams(now);
        next.set("from", dayAfter(today, 1 - days));
        next.set("to", today);
        return next;
      },
      { replace: true },
    );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand in a row of controls.
    <div role="group" aria-label="Span of time" className="flex flex-wrap gap-1">
      {SPANS.map(({ label, days }) => (
        <Button key={label} look="quiet" onClick={() => show(days)}>
          {label}
        </Button>
      ))}
    </div>
  );
}
