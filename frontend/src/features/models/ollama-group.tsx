import { Download, RefreshCw } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { Panel } from "@/ui/panel";
import { useIsPhone } from "@/ui/phone";
import { Table } from "@/ui/table";
import { useSync } from "./changes";
import type { ModelGroup } from "./groups";
import { OllamaRow } from "./ollama-row";
import { PullRow, wordsOf } from "./pull-row";
import { startPull, usePulls } from "./pulls";

export interface GroupProps {
  group: ModelGroup;
  /** How many there are without the search. */
  count: number;
  mayManage: boolean;
}

const HEAD = ["Model", "Size", "Kind", "Context", "State", "Actions"];

/** One Ollama: what it has on its disk, what is in its memory, and a way to more. */
export function OllamaGroup({ group, count, mayManage }: GroupProps) {
  const { profileId, name, models, away } = group;
  const isPhone = useIsPhone();
  return (
    <Panel
      title={name}
      aside={<Badge>Ollama</Badge>}
      actions={mayManage && profileId !== null && <SyncButton profileId={profileId} name={name} />}
    >
      {away && (
        <p role="alert" className="break-words rounded-lg border border-bad p-3 text-sm">
          {away.message}
        </p>
      )}
      {mayManage && <PullForm profileId={profileId} of={name} />}
      <Pulls profileId={profileId} />
      {models.length > 0 ? (
        <Table label={`Models of ${name}`} head={isPhone ? ["Model", "Actions"] : HEAD}>
          {models.map((model) => (
            <OllamaRow key={model.model_id} model={model} mayManage={mayManage} />
          ))}
        </Table>
      ) : (
        <p className="text-soft text-sm">
          {count > 0
            ? "No model of that name."
            : away
              ? "It lists no models."
              : "It has no models yet. Pull one by name."}
        </p>
      )}
    </Panel>
  );
}

export function SyncButton({ profileId, name }: { profileId: string; name: string }) {
  const sync = useSync(profileId, name);
  return (
    <Button busy={sync.isPending} onClick={() => sync.mutate()} aria-label={`Read the list of ${name}`}>
      <RefreshCw size={16} aria-hidden />
      Read the list
    </Button>
  );
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,254}$/;

function PullForm({ profileId, of }: { profileId: string | null; of: string }) {
  const [name, setName] = useState("");
  const [isRefused, setRefused] = useState(false);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    setRefused(!NAME.test(wanted));
    if (!NAME.test(wanted)) return;
    startPull(profileId, wanted);
    setName("");
  };
  return (
    <form onSubmit={send} className="flex flex-col gap-1">
      <div className="flex gap-2">
        <Input
          aria-label={`Model to pull for ${of}`}
          aria-invalid={isRefused || undefined}
          placeholder="Name in Ollama’s library, such as llama3.2:3b"
          value={name}
          onChange={({ target }) => setName(target.value)}
          maxLength={255}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          className="sm:max-w-sm"
        />
        <Button type="submit">
          <Download size={16} aria-hidden />
          Pull
        </Button>
      </div>
      {isRefused && (
        <p role="alert" className="text-bad text-xs">
          A name has only letters, digits and . _ : / - in it, and begins with a letter or a digit.
        </p>
      )}
    </form>
  );
}

function Pulls({ profileId }: { profileId: string | null }) {
  const pulls = usePulls((now) => now.pulls).filter((pull) => pull.profileId === profileId);
  return (
    <>
      <p role="status" className="sr-only">
        {pulls
          .filter(({ state }) => state !== "running")
          .map((pull) => `${pull.name} ${wordsOf(pull)}`)
          .join(" ")}
      </p>
      {pulls.length > 0 && (
        <ul aria-label="Downloads" className="divide-y divide-line rounded-lg border border-line bg-raised">
          {pulls.map((pull) => (
            <li key={pull.id} className="p-3">
              <PullRow pull={pull} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
