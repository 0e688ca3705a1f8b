import { queryClient } from "@/api/queries";
import type { Preset, Workflow } from "@/api/types";
import type { Parameters } from "@/features/generations/form/draft";
import type { FormValues } from "@/features/generations/form/parameters";
import { fitOf, followed } from "./fit";
import { presetsOptions } from "./queries";

/** The preset that a request follows, as far as presets have been read; none that the server would tell warnings of. */
export function presetInForce(workflow: Workflow, form: FormValues, set: Parameters): Preset | null {
  const known = queryClient.getQueryData(presetsOptions.queryKey) ?? [];
  const whole = known.filter(({ parameters }) => fitOf(workflow, parameters).misfits.length === 0);
  return followed(whole, workflow, form, set);
}
