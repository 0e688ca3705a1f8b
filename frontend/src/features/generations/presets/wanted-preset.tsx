import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import type { Form } from "@/features/generations/form/use-form";
import { workflowsOptions } from "@/features/workflows/queries";
import { useParam } from "@/ui/param";
import { applyPreset } from "./apply";
import { presetsOptions } from "./queries";

/** What the address asks for by `?preset=`, once there is a form to set; shows nothing. */
export function WantedPreset({ form }: { form: Form }) {
  const [wanted, setWanted] = useParam("preset");
  const { data: presets } = useQuery({ ...presetsOptions, enabled: wanted !== "" });
  const preset = presets?.find(({ id }) => id === wanted);
  const { data: workflows } = useQuery({ ...workflowsOptions, enabled: wanted !== "" });
  const own = workflows?.find(({ id }) => id === preset?.workflow_id);
  const isFormOf = workflows !== undefined && (own === undefined || own.id === form.workflow.id);
  const apply = useEffectEvent(() => {
    setWanted("");
    if (preset) applyPreset(form, preset);
  });
  const isReady = wanted !== "" && preset !== undefined && isFormOf;
  useEffect(() => {
    if (isReady) apply();
  }, [isReady]);
  return null;
}
