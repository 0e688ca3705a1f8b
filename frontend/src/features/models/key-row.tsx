import { Power, PowerOff, Trash2 } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/ui/badge";
import { IconButton } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { RelativeTime } from "@/ui/relative-time";
import { Cell, Row } from "@/ui/table";
import { type PoolKey, useEnableKey, useRemoveKey } from "./key-changes";

interface KeyRowProps {
  poolKey: PoolKey;
  profileId: string;
  mayManage: boolean;
}

export function KeyRow({ poolKey, profileId, mayManage }: KeyRowProps) {
  const { id, name, api_key, is_own, request_count, error_count, last_used_at } = poolKey;
  const enable = useEnableKey(profileId);
  const works = poolKey.enabled && !isResting(poolKey);
  const Icon = works ? PowerOff : Power;
  return (
    <Row>
      <Cell className="max-w-48 break-words font-medium">{name}</Cell>
      <Cell className="whitespace-nowrap">{api_key ?? "–"}</Cell>
      <Cell>
        <State poolKey={poolKey} />
      </Cell>
      <Cell className="whitespace-nowrap text-xs">
        {request_count.toLocaleString()} calls, {error_count.toLocaleString()} failed
        {last_used_at && (
          <span className="block text-soft">
            <RelativeTime at={last_used_at} />
          </span>
        )}
      </Cell>
      {mayManage && (
        <Cell className="whitespace-nowrap">
          <IconButton
            label={`Switch ${name} ${works ? "off" : "on"}`}
            busy={enable.isPending}
            onClick={() => enable.mutate({ id, enabled: !works })}
          >
            <Icon size={16} aria-hidden />
          </IconButton>
          {!is_own && <RemoveButton poolKey={poolKey} profileId={profileId} />}
        </Cell>
      )}
    </Row>
  );
}

const isResting = ({ rests_until }: PoolKey) => rests_until !== null && Date.parse(rests_until) > Date.now();
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

function State({ poolKey }: { poolKey: PoolKey }) {
  const { enabled, rests_until, last_error_code } = poolKey;
  const reason = last_error_code && <span className="block break-all text-soft text-xs">{last_error_code}</span>;
  if (!enabled)
    return (
      <>
        <Badge tone="bad">Off</Badge>
        {reason}
      </>
    );
  if (rests_until !== null && isResting(poolKey))
    return (
      <>
        <Badge tone="warn">Rests until {clock.format(Date.parse(rests_until))}</Badge>
        {reason}
      </>
    );
  return <Badge tone="good">In use</Badge>;
}

function RemoveButton({ poolKey: { id, name }, profileId }: Pick<KeyRowProps, "poolKey" | "profileId">) {
  const [isAsking, setAsking] = useState(false);
  const removing = useRemoveKey(profileId, () => setAsking(false));
  return (
    <>
      <IconButton label={`Remove the key ${name}`} onClick={() => setAsking(true)}>
        <Trash2 size={16} aria-hidden />
      </IconButton>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={`Remove the key “${name}”?`}
        sentence="It is forgotten for good; what it was used for stays counted."
        verb="Remove"
        busy={removing.isPending}
        isGone={removing.isSuccess}
        onConfirm={() => removing.mutate(id)}
      />
    </>
  );
}
