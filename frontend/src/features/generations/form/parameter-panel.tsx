import { useMutation, useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronRight, RotateCcw, Save } from "lucide-react";
import { useId, useLayoutEffect, useRef } from "react";
import { messageOf } from "@/api/failure";
import { PresetPicker } from "@/features/generations/presets/preset-picker";
import { comfyUIChoicesOptions } from "@/features/profiles/queries";
import { saveParameters } from "@/features/workflows/changes";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Failed } from "@/ui/notice";
import { useIsLow } from "@/ui/phone";
import { SkeletonList } from "@/ui/skeleton";
import { toast } from "@/ui/toast";
import { timelineOptions } from "../timeline";
import { LoraRows } from "./lora-rows";
import { OtherParameters } from "./other-parameters";
import { setPanel, usePanel } from "./panel-state";
import { defaultsOf, type FormValues } from "./parameters";
import { isRandom } from "./seed";
import { ParameterRow, StandardParameters } from "./standard-parameters";
import { type Form, resetAll, useForm } from "./use-form";

export interface ParameterPanelProps {
  sessionId: string | null;
  workflowId: string | null;
  profileId: string | null;
}

/** All that can be set of the workflow, above the pictures, and folded away when it is in the way. */
export function ParameterPanel(props: ParameterPanelProps) {
  const isOpen = useIsOpen(props.sessionId);
  const bodyId = useId();
  const { form } = useForm(props.sessionId, props.workflowId, props.profileId);
  const toggle = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(isOpen);
  useLayoutEffect(() => {
    if (wasOpen.current && !isOpen && document.activeElement === document.body) toggle.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <section aria-label="Generation settings" className="border-line border-b bg-raised">
      <div className="flex min-h-10 flex-wrap items-center gap-x-2 px-3">
        <h2 className="min-w-0 flex-1">
          <button
            ref={toggle}
            type="button"
            aria-expanded={isOpen}
            aria-controls={bodyId}
            onClick={() => setPanel(!isOpen)}
            className="-ml-1 flex min-h-9 max-w-full items-center gap-1.5 rounded px-1 text-sm hover:bg-hover"
          >
            <Chevron size={16} aria-hidden className="shrink-0" />
            <span className="font-semibold">Settings</span>
            {!isOpen && form && <span className="truncate text-soft">{summaryOf(form.values)}</span>}
          </button>
        </h2>
        {form && <PanelActions form={form} />}
      </div>
      {isOpen && (
        <div id={bodyId} className="max-h-[42dvh] overflow-y-auto px-3 pb-3">
          <PanelBody {...props} />
        </div>
      )}
    </section>
  );
}

/** As somebody wants it, and open where settings were put into it; else open, unless it would push the pictures out of a low window. */
function useIsOpen(sessionId: string | null): boolean {
  const { wanted, isTold } = usePanel();
  const isLow = useIsLow();
  const reading = timelineOptions(sessionId ?? "");
  const { data: isEmpty = false } = useQuery({ ...reading, enabled: false, select: ({ rows }) => rows.length === 0 });
  return isTold || (wanted ?? (!isLow || sessionId === null || isEmpty));
}

/** The same as a sheet shows it: always open. */
export function ParameterSheet(props: ParameterPanelProps) {
  const { form } = useForm(props.sessionId, props.workflowId, props.profileId);
  return (
    <>
      {form && (
        <div className="mb-2 flex flex-wrap items-center gap-2">
          <PanelActions form={form} />
        </div>
      )}
      <PanelBody {...props} />
    </>
  );
}

function PanelBody({ sessionId, workflowId, profileId }: ParameterPanelProps) {
  const { form, isPending, error, retry } = useForm(sessionId, workflowId, profileId);
  const { data: options } = useQuery(comfyUIChoicesOptions(profileId));
  if (error) return <Failed what="The workflow's parameters could not be read" error={error} onRetry={retry} />;
  if (isPending) return <SkeletonList rows={3} className="h-10" />;
  if (!form) return <p className="text-soft text-sm">Choose a workflow to see what can be set.</p>;
  return (
    <div className="flex flex-col gap-1.5">
      {form.workflow.parameters_source === "stored" && (
        <p className="text-warn text-xs">ComfyUI did not answer in time: the choices are those of the import.</p>
      )}
      <div className="grid grid-cols-[repeat(auto-fill,minmax(min(14rem,100%),1fr))] gap-x-4 gap-y-1">
        <StandardParameters form={form} options={options} />
        {form.values.media.map((shown) => (
          <ParameterRow key={shown.name} form={form} shown={shown} />
        ))}
        <LoraRows form={form} names={options?.loras ?? []} />
      </div>
      <OtherParameters form={form} />
    </div>
  );
}

function PanelActions({ form }: { form: Form }) {
  const { changed } = form.values;
  const { mutate, isPending } = useMutation({
    mutationFn: () => saveDefaults(form),
    onSuccess: () => toast({ kind: "info", message: `These are the defaults of “${form.workflow.name}” now.` }),
    onError: (failure) => toast({ kind: "error", message: `The defaults were not saved. ${messageOf(failure)}` }),
  });
  return (
    <>
      <PresetPicker form={form} />
      {changed.length > 0 && (
        <>
          <Badge tone="accent">{changed.length} changed</Badge>
          <Button look="quiet" onClick={() => resetAll(form.key)}>
            <RotateCcw size={15} aria-hidden />
            Reset all
          </Button>
          <Button look="quiet" busy={isPending} onClick={() => mutate()}>
            <Save size={15} aria-hidden />
            <span>
              Save as <span className="max-lg:sr-only">the workflow's</span> defaults
            </span>
          </Button>
        </>
      )}
    </>
  );
}

/** Afterwards they stand in the workflow, and nothing differs from it any more. */
async function saveDefaults({ key, workflow, values }: Form): Promise<void> {
  await saveParameters(workflow.id, defaultsOf(values, workflow));
  resetAll(key);
}

/** One line for the folded panel. */
export function summaryOf({ standard, seed, loras }: FormValues): string {
  const value = (name: string) => standard.get(name)?.value;
  const [width, height, steps, cfg] = [value("width"), value("height"), value("steps"), value("cfg_scale")];
  const parts = [
    width !== undefined && height !== undefined && `${width} × ${height}`,
    steps !== undefined && `${steps} steps`,
    cfg !== undefined && `CFG ${cfg}`,
    value("sampler_name"),
    value("scheduler"),
    standard.has("seed") && (isRandom(seed) ? "random seed" : `seed ${seed}`),
    loras && loras.value.length > 0 && `${loras.value.length} LoRA`,
  ];
  return parts.filter(Boolean).join(" · ");
}
