import { useQuery } from "@tanstack/react-query";
import type { Profile } from "@/api/types";
import { PROVIDERS } from "@/features/profiles/providers";
import { profilesOptions } from "@/features/profiles/queries";
import { Badge } from "@/ui/badge";
import { RelativeTime } from "@/ui/relative-time";
import { Part } from "./part";
import type { Target, Task, Tried } from "./task";

/** Who is asked, in turn, and with whom it did not work. */
export function TriedList({ task }: { task: Task }) {
  const { data: profiles = [] } = useQuery(profilesOptions);
  const { fallback, tried, target } = task;
  if (fallback.length === 0 && tried.length === 0) return null;
  const targets: Target[] = [task, ...fallback];
  return (
    <Part title="Who is asked">
      <ol className="flex flex-col gap-1 text-sm">
        {targets.map((one, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the order is what they are.
          <li key={place} className="flex flex-wrap items-center gap-2">
            <span className="wrap-anywhere">
              {place + 1}. {nameOf(one, profiles)}
            </span>
            {place === target && <Asked status={task.status} />}
          </li>
        ))}
      </ol>
      {tried.length > 0 && (
        <ul aria-label="With whom it did not work" className="flex flex-col gap-1 text-soft text-xs">
          {tried.map((one, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: never moved.
            <TriedRow key={place} tried={one} profiles={profiles} />
          ))}
        </ul>
      )}
    </Part>
  );
}

function Asked({ status }: Pick<Task, "status">) {
  if (status === "complete") return <Badge tone="good">Answered</Badge>;
  return status === "pending" || status === "running" ? <Badge tone="accent">Now</Badge> : null;
}

function TriedRow({ tried, profiles }: { tried: Tried; profiles: readonly Profile[] }) {
  const why = tried.error ?? tried.code ?? "It did not work.";
  return (
    <li className="wrap-anywhere">
      {nameOf(tried, profiles)}: {why}
      {tried.at && (
        <>
          {" "}
          (<RelativeTime at={tried.at} />)
        </>
      )}
    </li>
  );
}

type Named = Pick<Tried, "provider" | "profile_id" | "model">;

function nameOf({ provider, profile_id, model }: Named, profiles: readonly Profile[]): string {
  const profile = profiles.find(({ id }) => id === profile_id);
  const who = profile ? `${profile.name} (${PROVIDERS[provider].label})` : PROVIDERS[provider].label;
  return model ? `${who}, ${model}` : who;
}
