import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { messageOf } from "@/api/failure";
import { queryClient } from "@/api/queries";
import type { Profile } from "@/api/types";
import { comfyUIProfiles } from "@/features/profiles/comfyui-profiles";
import { comfyUIChoicesOptions, profilesOptions } from "@/features/profiles/queries";
import { createWorkflow } from "@/features/workflows/changes";
import { workflowOptions, workflowsOptions } from "@/features/workflows/queries";
import { toast } from "@/ui/toast";
import { changeDraft, draftOf, NO_SESSION } from "../drafts";
import { chooseWorkflow, startSession } from "./generate";
import { inputOf } from "./parameters";
import { RANDOM } from "./seed";
import { sendAll } from "./sending";
import starter from "./starter.json";

const PROMPT = "A lighthouse on a cliff at dawn, warm light over a calm sea, soft clouds, oil painting";

/** From nothing to a picture: a text-to-image workflow, unless there is one, a session, and a generation in it. */
export function useFirstPicture(): { start: (sessionId?: string) => Promise<void>; busy: boolean } {
  const navigate = useNavigate();
  const { mutateAsync, isPending } = useMutation({
    mutationFn: makeFirstPicture,
    onSuccess: (sessionId) => navigate(`/comfyui/${sessionId}`),
    onError: (failure) => toast({ kind: "error", message: messageOf(failure) }),
  });
  return { start: (sessionId) => mutateAsync(sessionId).then(undefined, () => undefined), busy: isPending };
}

/** Of what was typed already, else of a prompt that shows something. */
async function makeFirstPicture(given: string | undefined): Promise<string> {
  const [profile] = comfyUIProfiles(await queryClient.fetchQuery(profilesOptions));
  if (!profile) throw new Error("Add a profile of a ComfyUI first; pictures are made by it.");
  const workflow = await textToImage(profile);
  const typed = draftOf(given ?? NO_SESSION);
  const promptText = typed.promptText?.trim() ? typed.promptText : PROMPT;
  const sessionId = given ?? (await startSession(workflow, promptText)).id;
  changeDraft(sessionId, { promptText });
  chooseWorkflow(sessionId, workflow.id);
  const input = inputOf(workflow, { ...typed, promptText }, { seed: RANDOM });
  void sendAll(sessionId, { input, count: 1, isRandom: true });
  return sessionId;
}

/** The profile's workflow that takes a prompt, else a new one with a checkpoint that its ComfyUI has. */
async function textToImage(profile: Profile) {
  const known = await queryClient.fetchQuery(workflowsOptions);
  const own = known.filter(({ profile_id }) => profile_id === profile.id);
  const chosen = own.find(({ is_default }) => is_default) ?? own[0];
  if (chosen) return queryClient.fetchQuery(workflowOptions(chosen.id, profile.id));
  const { checkpoints } = await queryClient.fetchQuery(comfyUIChoicesOptions(profile.id));
  const workflow_json = withCheckpoint(checkpoints[0]);
  return createWorkflow({ name: "Text to image", profile_id: profile.id, workflow_json, is_default: true });
}

function withCheckpoint(checkpoint: string | undefined) {
  if (checkpoint === undefined) return starter;
  const loader = starter["4"];
  return { ...starter, "4": { ...loader, inputs: { ...loader.inputs, ckpt_name: checkpoint } } };
}
