import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, body, read } from "@/api/client";
import { messageOf } from "@/api/failure";
import { rereadEverything } from "@/api/queries";
import { keysByInput } from "@/api/same-input";
import type { Profile } from "@/api/types";
import { toast } from "@/ui/toast";
import { inputOf, type ProfileForm, patchOf, trialOf } from "./form";

const of = (profileId: string) => ({ params: { path: { profile_id: profileId } } });

function create(form: ProfileForm, key: string): Promise<Profile> {
  return read(api.POST("/api/profiles", { params: { header: { "Idempotency-Key": key } }, body: inputOf(form) }));
}

const change = (profile: Profile, form: ProfileForm): Promise<Profile> =>
  read(api.PATCH("/api/profiles/{profile_id}", { ...of(profile.id), body: patchOf(profile, form) }));

/** Saves the form as a new profile, or as changes of `profile`. */
export function useSave(profile: Profile | null, onSaved: (saved: Profile) => void) {
  const [keyFor] = useState(keysByInput);
  return useMutation({
    mutationFn: (form: ProfileForm) => (profile ? change(profile, form) : create(form, keyFor(form))),
    onSuccess: (saved) => {
      void rereadEverything();
      onSaved(saved);
    },
  });
}

export function useTrial() {
  return useMutation({
    mutationFn: ({ profile, form }: { profile: Profile | null; form: ProfileForm }) => tryOut(profile, form),
  });
}

function tryOut(profile: Profile | null, form: ProfileForm) {
  const trial = trialOf(profile, form);
  return "saved" in trial
    ? read(api.POST("/api/profiles/{profile_id}/test", of(trial.saved)))
    : read(api.POST("/api/profiles/test-connection", { body: trial.given }));
}

export function useDelete(profile: Profile, onDeleted: () => void) {
  return useMutation({
    mutationFn: () => body(api.DELETE("/api/profiles/{profile_id}", of(profile.id))),
    onSuccess: () => {
      void rereadEverything();
      const undo = { label: "Undo", run: () => void restore(profile) };
      toast({ kind: "info", message: `“${profile.name}” is deleted.`, action: undo });
      onDeleted();
    },
    onError: (failure) => toast({ kind: "error", message: messageOf(failure) }),
  });
}

async function restore(profile: Profile): Promise<void> {
  try {
    await read(api.POST("/api/profiles/{profile_id}/restore", of(profile.id)));
    toast({ kind: "info", message: `“${profile.name}” is back, with all that belongs to it.` });
  } catch (failure) {
    toast({ kind: "error", message: messageOf(failure) });
  }
  void rereadEverything();
}
