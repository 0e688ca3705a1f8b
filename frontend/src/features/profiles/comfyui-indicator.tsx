import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Popover } from "radix-ui";
import { Link } from "react-router";
import { ApiFailure, messageOf } from "@/api/failure";
import type { Profile, Queue } from "@/api/types";
import { useMay } from "@/features/auth/me";
import { Button } from "@/ui/button";
import { PopoverPanel } from "@/ui/popover-panel";
import { comfyUIProfiles } from "./comfyui-profiles";
import { comfyUIQueueOptions, comfyUIVersionOptions, profilesOptions } from "./queries";

type State = "Connected" | "Away" | "Checking";

const DOTS: Record<State, string> = {
  Connected: "bg-good",
  Away: "bg-bad",
  Checking: "bg-warn motion-safe:animate-pulse",
};

/** Which ComfyUI draws, and whether it answers; null: the default one. */
export function ComfyUIIndicator({ profileId }: { profileId: string | null }) {
  const { data: profiles } = useQuery(profilesOptions);
  const choices = comfyUIProfiles(profiles ?? []);
  const profile = choices.find(({ id }) => id === profileId) ?? choices[0];
  if (profiles && !profile) return <NoComfyUI />;
  return <Indicator key={profile?.id} profile={profile} />;
}

function NoComfyUI() {
  return (
    <p className="text-sm">
      No ComfyUI is connected.{" "}
      <Link to="/profiles" className="text-accent underline">
        Add a profile with its address
      </Link>
    </p>
  );
}

function Indicator({ profile }: { profile: Profile | undefined }) {
  const queue = useQuery({ ...comfyUIQueueOptions(profile?.id ?? null), enabled: profile !== undefined });
  const state = stateOf(queue);
  const address = profile?.url ?? "";
  return (
    <div className="flex min-w-0 flex-col text-sm">
      <Popover.Root>
        <Popover.Trigger
          title={queue.data && `${queue.data.running} running, ${queue.data.pending} waiting`}
          className="flex min-h-9 min-w-0 items-center gap-2 self-start rounded-md px-2 hover:bg-hover max-sm:max-w-full"
        >
          <span aria-hidden className={clsx("size-2.5 shrink-0 rounded-full", DOTS[state])} />
          <span className="font-medium">ComfyUI</span>
          <span className="min-w-0 truncate text-soft">{address}</span>
          <span>{state}</span>
        </Popover.Trigger>
        <PopoverPanel label="State of ComfyUI" className="flex w-80 flex-col gap-3 p-4 text-sm">
          {profile && <Details profile={profile} queue={queue.data} />}
          <Button busy={queue.isFetching} onClick={() => void queue.refetch()}>
            Check again
          </Button>
        </PopoverPanel>
      </Popover.Root>
      <div role="status">{queue.isError && <WhatToDo error={queue.error} />}</div>
    </div>
  );
}

function stateOf({ isError, isFetching, isSuccess }: Record<"isError" | "isFetching" | "isSuccess", boolean>): State {
  if (isError) return isFetching ? "Checking" : "Away";
  return isSuccess ? "Connected" : "Checking";
}

function WhatToDo({ error }: { error: unknown }) {
  const isComfyUI = error instanceof ApiFailure && error.status > 0;
  return (
    <p className="px-2 text-bad">
      {messageOf(error)}{" "}
      {isComfyUI && (
        <>
          Start ComfyUI, or{" "}
          <Link to="/profiles" className="underline">
            correct its address
          </Link>
          ; what you generate meanwhile waits for it.
        </>
      )}
    </p>
  );
}

function Details({ profile, queue }: { profile: Profile; queue: Queue | undefined }) {
  const enabled = useMay("manage") && queue !== undefined;
  const { data: version } = useQuery({ ...comfyUIVersionOptions(profile.id), enabled });
  const facts = [
    ["Profile", profile.name],
    ["Address", profile.url],
    ["Version", version],
    ["Queue", queue && `${queue.running} running, ${queue.pending} waiting`],
  ];
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name} className="contents">
              <dt className="text-soft">{name}</dt>
              <dd className="break-words">{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
