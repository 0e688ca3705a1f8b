import { Pencil, PlugZap, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Provider } from "@/api/types";
import { ConnectionReport } from "@/features/profiles/connection-report";
import { PROVIDERS } from "@/features/profiles/providers";
import { Badge, type Tone } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { RelativeTime } from "@/ui/relative-time";
import { useRemoveSetting, useTestSetting } from "./changes";
import { ProviderDialog } from "./provider-dialog";
import type { ConnectionStatus, Setting } from "./queries";

interface ProviderCardProps {
  provider: Provider;
  /** Null: nothing is set. */
  setting: Setting | null;
  isInEnvironment: boolean;
  mayManage: boolean;
}

const STATES: Record<ConnectionStatus, { label: string; tone: Tone }> = {
  connected: { label: "Connected", tone: "good" },
  disconnected: { label: "Away", tone: "bad" },
  error: { label: "Refused", tone: "bad" },
  unknown: { label: "Not tested", tone: "neutral" },
};

export function ProviderCard({ provider, setting, isInEnvironment, mayManage }: ProviderCardProps) {
  const { label } = PROVIDERS[provider];
  const [isEdited, setEdited] = useState(false);
  const test = useTestSetting(provider);
  const verb = setting ? "Change" : "Set up";
  const state = setting ? STATES[setting.status] : isInEnvironment ? ENVIRONMENT : NOTHING;
  return (
    <li className="flex min-w-0 flex-col gap-3 rounded-xl border border-line bg-raised p-4 text-sm">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="font-semibold">{label}</h3>
        <Badge tone={state.tone}>{state.label}</Badge>
        {mayManage && (
          <div className="ml-auto flex items-center gap-1">
            {setting && (
              <Button busy={test.isPending} onClick={() => test.mutate()} aria-label={`Test ${label}`}>
                <PlugZap size={16} aria-hidden />
                Test
              </Button>
            )}
            <Button look={setting ? "quiet" : "plain"} onClick={() => setEdited(true)} aria-label={`${verb} ${label}`}>
              <Pencil size={16} aria-hidden />
              {verb}
            </Button>
            {setting && <RemoveButton provider={provider} label={label} isInEnvironment={isInEnvironment} />}
          </div>
        )}
      </div>
      {setting ? <Facts provider={provider} setting={setting} /> : <NotSet isInEnvironment={isInEnvironment} />}
      <ConnectionReport report={test.data} error={test.error} isPending={test.isPending} />
      <ProviderDialog provider={provider} setting={setting} open={isEdited} onOpenChange={setEdited} />
    </li>
  );
}

const ENVIRONMENT = { label: "From the environment", tone: "accent" } as const;
const NOTHING = { label: "Not set", tone: "neutral" } as const;

function NotSet({ isInEnvironment }: { isInEnvironment: boolean }) {
  return (
    <p className="text-soft">
      {isInEnvironment
        ? "The server’s own settings give it what it needs. What is set here goes first."
        : "Calls take the first profile of this provider, if there is one."}
    </p>
  );
}

function Facts({ provider, setting }: { provider: Provider; setting: Setting }) {
  const facts = [
    { term: "API key", fact: setting.api_key ?? "none" },
    { term: "Address", fact: setting.endpoint_url ?? PROVIDERS[provider].usualUrl },
    { term: "Default model", fact: setting.default_model ?? "none" },
  ];
  return (
    <>
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-3">
        {facts.map(({ term, fact }) => (
          <div key={term} className="min-w-0">
            <dt className="text-soft text-xs">{term}</dt>
            <dd className="break-words">{fact}</dd>
          </div>
        ))}
      </dl>
      {setting.last_tested && (
        <p className="break-words text-soft text-xs">
          Tested <RelativeTime at={setting.last_tested} />
          {setting.error_message && <span className="text-bad"> · {setting.error_message}</span>}
        </p>
      )}
    </>
  );
}

interface RemoveButtonProps {
  provider: Provider;
  label: string;
  isInEnvironment: boolean;
}

function RemoveButton({ provider, label, isInEnvironment }: RemoveButtonProps) {
  const [isAsking, setAsking] = useState(false);
  const removing = useRemoveSetting(provider, label, () => setAsking(false));
  const after = isInEnvironment
    ? "Calls then take what the server’s environment gives."
    : "Calls then take the first profile of this provider, if there is one.";
  return (
    <>
      <IconButton label={`Remove the settings of ${label}`} onClick={() => setAsking(true)}>
        <Trash2 size={16} aria-hidden />
      </IconButton>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={`Remove the settings of ${label}?`}
        sentence={`The key, the address and the default model are forgotten for good. ${after}`}
        verb="Remove"
        busy={removing.isPending}
        onConfirm={() => removing.mutate()}
      />
    </>
  );
}
