import { MoreHorizontal } from "lucide-react";
import { useState } from "react";
import { bytesShown } from "@/ui/amounts";
import { Badge } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Menu, type MenuItem } from "@/ui/menu";
import { useIsPhone } from "@/ui/phone";
import { Cell, Row } from "@/ui/table";
import { useDeleteModel, useLoad, useUnlist, useUnload } from "./changes";
import { isGone, type Model } from "./groups";
import { ModelDetails } from "./model-details";

interface OllamaRowProps {
  model: Model;
  mayManage: boolean;
}

export function OllamaRow({ model, mayManage }: OllamaRowProps) {
  const kind = [model.family, model.parameter_size, model.quantization].filter(Boolean).join(" · ");
  const size = model.size_bytes === null ? "" : bytesShown(model.size_bytes);
  const context = model.context_length?.toLocaleString() ?? "";
  if (useIsPhone()) {
    return (
      <Row>
        <Cell className="break-words">
          <Name model={model} />
          <p className="mb-1 text-soft text-xs">
            {[size, kind, context && `${context} tokens of context`].filter(Boolean).join(" · ")}
          </p>
          <State model={model} />
        </Cell>
        <Cell className="w-0">
          <Actions model={model} mayManage={mayManage} />
        </Cell>
      </Row>
    );
  }
  return (
    <Row>
      <Cell className="min-w-40 max-w-72">
        <Name model={model} />
      </Cell>
      <Cell className="whitespace-nowrap tabular-nums">{size || "–"}</Cell>
      <Cell className="whitespace-nowrap">{kind || "–"}</Cell>
      <Cell className="tabular-nums">{context || "–"}</Cell>
      <Cell className="min-w-36">
        <State model={model} />
      </Cell>
      <Cell>
        <Actions model={model} mayManage={mayManage} />
      </Cell>
    </Row>
  );
}

function Name({ model: { model_id, capabilities } }: { model: Model }) {
  return (
    <>
      <p className="break-words font-medium">{model_id}</p>
      <p className="text-soft text-xs">{capabilities.filter((one) => one !== "model_management").join(", ")}</p>
    </>
  );
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const FOR_EVER_MS = 365 * 86_400_000;

function State({ model }: { model: Model }) {
  if (isGone(model)) return <Badge tone="warn">Not there</Badge>;
  if (model.is_there === null) return <Badge>Unknown</Badge>;
  if (!model.is_loaded) return <Badge>On disk</Badge>;
  const until = model.expires_at === null ? null : Date.parse(model.expires_at);
  const facts = [
    model.vram_bytes === null ? "" : `${bytesShown(model.vram_bytes)} of graphics memory`,
    until === null ? "" : until - Date.now() > FOR_EVER_MS ? "until it is unloaded" : `until ${clock.format(until)}`,
  ];
  return (
    <>
      <Badge tone="good">Loaded</Badge>
      <span className="block text-soft text-xs">{facts.filter(Boolean).join(", ")}</span>
    </>
  );
}

type Opened = "details" | "delete" | null;

function Actions({ model, mayManage }: OllamaRowProps) {
  const { profile_id, model_id } = model;
  const [opened, setOpened] = useState<Opened>(null);
  const load = useLoad(profile_id, model_id);
  const unload = useUnload(profile_id, model_id);
  const unlist = useUnlist(profile_id ?? "");
  const isThere = model.is_there === true;
  const verb = load.isPending ? "Loading …" : model.is_loaded ? "Unload" : "Load";
  const loads: MenuItem[] = [
    { label: "Load for an hour", onSelect: () => load.mutate("1h") },
    { label: "Load until I unload it", onSelect: () => load.mutate("-1s") },
  ];
  const items: MenuItem[] = [
    ...(isThere ? [{ label: "Details", onSelect: () => setOpened("details") }] : []),
    ...(isThere && mayManage ? loads : []),
    ...(model.is_listed && mayManage && !isThere
      ? [{ label: "Take from the list", onSelect: () => unlist.mutate(model_id) }]
      : []),
    ...(isThere && mayManage
      ? [{ label: "Delete from the disk", danger: true, onSelect: () => setOpened("delete") }]
      : []),
  ];
  const close = (open: boolean) => !open && setOpened(null);
  const trigger = (
    <IconButton label={`More for ${model_id}`}>
      <MoreHorizontal size={16} aria-hidden />
    </IconButton>
  );
  return (
    <div className="flex items-center gap-1">
      {isThere && mayManage && (
        <Button
          busy={load.isPending || unload.isPending}
          aria-label={`${verb} ${model_id}`}
          onClick={() => (model.is_loaded ? unload.mutate() : load.mutate(undefined))}
        >
          {verb}
        </Button>
      )}
      {items.length > 0 && <Menu trigger={trigger} items={items} />}
      <ModelDetails profileId={profile_id} name={model_id} open={opened === "details"} onOpenChange={close} />
      <DeleteModel model={model} open={opened === "delete"} onOpenChange={close} />
    </div>
  );
}

interface DeleteModelProps {
  model: Model;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

function DeleteModel({ model: { profile_id, model_id, size_bytes }, open, onOpenChange }: DeleteModelProps) {
  const deleting = useDeleteModel(profile_id, model_id, () => onOpenChange(false));
  const freed = size_bytes === null ? "" : ` and gives back ${bytesShown(size_bytes)}`;
  return (
    <Confirm
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete “${model_id}”?`}
      sentence={`It goes from the disk of this Ollama${freed}. To have it again it must be pulled anew.`}
      error={deleting.error}
      verb="Delete"
      busy={deleting.isPending}
      isGone={deleting.isSuccess}
      onConfirm={() => deleting.mutate()}
    />
  );
}
