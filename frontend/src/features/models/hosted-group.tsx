import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { PROVIDERS } from "@/features/profiles/providers";
import { Badge } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { focusBeside } from "@/ui/focus-beside";
import { Panel } from "@/ui/panel";
import { useIsPhone } from "@/ui/phone";
import { Cell, Row, Table } from "@/ui/table";
import { useUnlist } from "./changes";
import type { Model } from "./groups";
import { KeyPool } from "./key-pool";
import { ModelDialog } from "./model-dialog";
import { type GroupProps, SyncButton } from "./ollama-group";

const HEAD = ["Model", "Takes", "Gives"];

/** What a profile of a hosted provider lists, and its further API keys. */
export function HostedGroup({ group: { profileId, name, provider, models }, count, mayManage }: GroupProps) {
  const [edited, setEdited] = useState<Model | "new" | null>(null);
  const isPhone = useIsPhone();
  if (profileId === null) return null;
  const actions = mayManage && (
    <div className="flex flex-wrap gap-2">
      <SyncButton profileId={profileId} name={name} />
      <Button onClick={() => setEdited("new")} aria-label={`Add by name to ${name}`}>
        <Plus size={16} aria-hidden />
        Add by name
      </Button>
    </div>
  );
  return (
    <Panel title={name} aside={<Badge>{PROVIDERS[provider].label}</Badge>} actions={actions}>
      {models.length > 0 ? (
        <Table label={`Models of ${name}`} head={[...(isPhone ? ["Model"] : HEAD), ...(mayManage ? ["Actions"] : [])]}>
          {models.map((model) => (
            <HostedRow
              key={model.model_id}
              model={model}
              profileId={profileId}
              mayManage={mayManage}
              onEdit={() => setEdited(model)}
            />
          ))}
        </Table>
      ) : (
        <p className="text-soft text-sm">
          {count > 0
            ? "No model of that name."
            : "No models are listed yet. Read the list of the provider, or add one by name."}
        </p>
      )}
      <KeyPool profileId={profileId} name={name} mayManage={mayManage} />
      <ModelDialog
        profileId={profileId}
        model={edited === "new" ? null : edited}
        open={edited !== null}
        onOpenChange={(open) => !open && setEdited(null)}
      />
    </Panel>
  );
}

interface HostedRowProps {
  model: Model;
  profileId: string;
  mayManage: boolean;
  onEdit: () => void;
}

function HostedRow({ model, profileId, mayManage, onEdit }: HostedRowProps) {
  const { model_id, name, input_modalities, output_modalities } = model;
  const isPhone = useIsPhone();
  const takes = input_modalities.join(", ");
  const gives = output_modalities.join(", ") || "embeddings only";
  const unlist = useUnlist(profileId);
  return (
    <Row>
      <Cell className="break-words font-medium md:min-w-40">
        {model_id}
        {name && name !== model_id && <span className="block font-normal text-soft text-xs">{name}</span>}
        {isPhone && <span className="block font-normal text-soft text-xs">{`Takes ${takes}; gives ${gives}.`}</span>}
      </Cell>
      {!isPhone && <Cell>{takes}</Cell>}
      {!isPhone && <Cell>{gives}</Cell>}
      {mayManage && (
        <Cell className="whitespace-nowrap">
          <IconButton label={`Change what ${model_id} takes and gives`} onClick={onEdit}>
            <Pencil size={16} aria-hidden />
          </IconButton>
          <IconButton
            label={`Take ${model_id} from the list`}
            busy={unlist.isPending}
            onClick={({ currentTarget }) => unlist.mutate(model_id, { onSuccess: () => focusBeside(currentTarget) })}
          >
            <Trash2 size={16} aria-hidden />
          </IconButton>
        </Cell>
      )}
    </Row>
  );
}
