import { api, body, read } from "@/api/client";
import type { Modality } from "@/features/profiles/form";
import { useChange } from "@/ui/change";
import { toast } from "@/ui/toast";

const stale = [["models"]] as const;

const queryOf = (profileId: string | null) => (profileId === null ? {} : { profile_id: profileId });
const at = (profileId: string | null, name: string) => ({
  params: { path: { name }, query: queryOf(profileId) },
});
const tell = (message: string) => toast({ kind: "info", message });

/** `keepAlive` as Ollama has it; undefined is its own five minutes. */
export const useLoad = (profileId: string | null, name: string) =>
  useChange({
    ask: (keepAlive: string | undefined) =>
      body(
        api.POST("/api/models/{name}/load", {
          ...at(profileId, name),
          body: keepAlive === undefined ? {} : { keep_alive: keepAlive },
        }),
      ),
    stale,
    refusal: `${name} could not be loaded.`,
    onDone: () => tell(`${name} is loaded.`),
  });

export const useUnload = (profileId: string | null, name: string) =>
  useChange({
    ask: () => body(api.POST("/api/models/{name}/unload", at(profileId, name))),
    stale,
    refusal: `${name} could not be unloaded.`,
    onDone: () => tell(`${name} is no longer in memory.`),
  });

export const useDeleteModel = (profileId: string | null, name: string, onDone: () => void) =>
  useChange({
    ask: () => body(api.DELETE("/api/models/{name}", at(profileId, name))),
    stale,
    onDone: () => {
      tell(`${name} is deleted.`);
      onDone();
    },
  });

const listed = (profileId: string, modelId: string) => ({
  params: { path: { profile_id: profileId, model_id: modelId } },
});

export const useUnlist = (profileId: string) =>
  useChange({
    ask: (modelId: string) =>
      body(api.DELETE("/api/profiles/{profile_id}/models/{model_id}", listed(profileId, modelId))),
    stale,
    refusal: "The model could not be taken from the list.",
    onDone: (_, modelId) => tell(`${modelId} is no longer listed.`),
  });

interface Flow {
  modelId: string;
  takes: readonly Modality[];
  gives: readonly Modality[];
}

export const useAddModel = (profileId: string, onDone: () => void) =>
  useChange({
    ask: ({ modelId, takes, gives }: Flow) =>
      read(
        api.POST("/api/profiles/{profile_id}/models", {
          params: { path: { profile_id: profileId } },
          body: { model_id: modelId, input_modalities: [...takes], output_modalities: [...gives] },
        }),
      ),
    stale,
    onDone,
  });

export const useSetModalities = (profileId: string, onDone: () => void) =>
  useChange({
    ask: ({ modelId, takes, gives }: Flow) =>
      read(
        api.PUT("/api/profiles/{profile_id}/models/{model_id}/modalities", {
          ...listed(profileId, modelId),
          body: { input_modalities: [...takes], output_modalities: [...gives] },
        }),
      ),
    stale,
    onDone,
  });

export const useSync = (profileId: string, name: string) =>
  useChange({
    ask: () =>
      read(api.POST("/api/profiles/{profile_id}/models/sync", { params: { path: { profile_id: profileId } } })),
    stale,
    refusal: `The models of “${name}” could not be read.`,
    onDone: ({ added, gone }) => {
      const news = added === 0 ? "Nothing new." : `${added.toLocaleString()} new.`;
      tell(gone.length === 0 ? news : `${news} No longer there: ${gone.join(", ")}.`);
    },
  });
