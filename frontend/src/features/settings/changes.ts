import { api, body, read } from "@/api/client";
import type { components } from "@/api/schema";
import type { Provider } from "@/api/types";
import { useChange } from "@/ui/change";
import { toast } from "@/ui/toast";

const of = (provider: Provider) => ({ params: { path: { provider } } });
const stale = [["settings"], ["models"]] as const;

export const useSaveSetting = (provider: Provider, onDone: () => void) =>
  useChange({
    ask: (input: components["schemas"]["SettingInput"]) =>
      read(api.PUT("/api/settings/{provider}", { ...of(provider), body: input })),
    stale,
    onDone,
  });

export const useTestSetting = (provider: Provider) =>
  useChange({ ask: () => read(api.POST("/api/settings/{provider}/test", of(provider))), stale });

export const useRemoveSetting = (provider: Provider, label: string, onDone: () => void) =>
  useChange({
    ask: () => body(api.DELETE("/api/settings/{provider}", of(provider))),
    stale,
    refusal: `The settings of ${label} could not be removed.`,
    onDone: () => {
      toast({ kind: "info", message: `The settings of ${label} are removed.` });
      onDone();
    },
  });
